//! Limits and sizes that several crates share. No other file repeats these numbers.

/// Largest number of items in one request.
pub const MAX_ITEMS: usize = 10_000;
/// Characters of a text (query, title) that are read; the rest is ignored.
pub const MAX_TEXT_CHARS: usize = 2_000;
/// Most recent events of a visitor that features read, in training and in the engine.
pub const MAX_SESSION_EVENTS: usize = 50;
/// Most recent events that the session encoder reads.
pub const MAX_ENCODED_EVENTS: usize = 20;
/// Most recent events kept in a visitor's profile.
pub const MAX_PROFILE_EVENTS: usize = 500;
/// Length of the colour descriptor of a product photo, the image embedding that needs no network.
pub const COLOR_DESCRIPTOR_DIM: usize = 24;
/// Largest side of a photo, in pixels.
pub const MAX_PHOTO_SIDE: usize = 8_192;
/// Largest side of a generated image, in pixels.
pub const MAX_GENERATED_SIDE: usize = 128;
