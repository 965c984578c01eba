//! Limits and sizes with one owner each; nobody else writes these numbers.

/// Most items that one request may carry.
pub const MAX_ITEMS: usize = 10_000;
/// Longest text (query, title) that is read, in characters; the rest is ignored.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Most recent events of a visitor that a request looks at, in training and in a page alike.
pub const MAX_SESSION_EVENTS: usize = 50;
/// Most recent events of those that the session encoder reads.
pub const MAX_ENCODED_EVENTS: usize = 20;
/// Most recent events kept in a visitor's profile.
pub const MAX_PROFILE_EVENTS: usize = 500;
/// Length of the colour descriptor of a product photo, the look that needs no network.
pub const COLOR_DESCRIPTOR_DIM: usize = 24;
/// Largest side of a picture that is made, in pixels.
pub const MAX_MADE_SIDE: usize = 128;
