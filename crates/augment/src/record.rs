//! The actions that a policy sampled for one image, in JSON.

use std::iter;

use serde::{Deserialize, Serialize};

use crate::{
    action::Action,
    error::{Error, Result},
    image::Size,
    sampling::Sampling,
};

/// The sampled actions of one image, in order. Serialises to JSON and back without losing a bit.
#[cfg_attr(test, derive(ts_rs::TS))]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Of the image before.
    pub size: Size,
    /// How the geometric actions read pixels.
    pub sampling: Sampling,
    /// What was done.
    pub actions: Vec<Action>,
}

impl Record {
    /// Size of the image afterwards.
    pub fn output_size(&self) -> Size {
        self.actions.iter().fold(self.size, |size, action| action.output_size(size))
    }

    /// The image's size before, and after each action: none of them is larger in memory.
    pub fn sizes(&self) -> impl Iterator<Item = Size> {
        let mut size = self.size;
        let after = self.actions.iter().map(move |action| {
            size = action.output_size(size);
            size
        });
        iter::once(self.size).chain(after)
    }

    /// What [`Record::replay`] refuses, without doing it.
    ///
    /// # Errors
    /// As [`Record::replay`].
    pub fn check(&self, found: Size) -> Result<()> {
        if found != self.size {
            return Err(Error::Record {
                culprit: "size".to_owned(),
                found: format!("an image of {} x {}", found.width, found.height),
                expected: format!("{} x {}", self.size.width, self.size.height),
            });
        }
        self.actions.iter().try_fold(self.size, |size, action| {
            action.check(size)?;
            Ok(action.output_size(size))
        })?;
        Ok(())
    }
}
