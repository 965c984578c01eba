//! Photos changed by a policy and written as files: what is read, what was done to it, and how it looks.

pub mod policy;
pub mod records;
pub mod sheet;
pub mod sources;
