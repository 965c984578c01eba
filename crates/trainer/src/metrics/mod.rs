//! Metrics of classifiers, whatever the task.

pub mod calibration;
pub mod classification;
pub mod student;
