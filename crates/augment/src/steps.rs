//! Splits a record into steps for a GPU and steps for the CPU.

use crate::{
    action::{Action, Family},
    colour, erase, filter, geometry,
    gpu::{Drawing, Pass},
    image::Channels,
    noise, pipeline,
    record::Record,
    sampling::Sampling,
};

/// A part of a record that is done at one place.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The part: replaying the steps one after the other is replaying the record.
    pub record: Record,
    /// The same for a GPU; `None` where the CPU must do it.
    pub passes: Option<Vec<Pass>>,
}

impl Record {
    /// The record in parts, each for a GPU or for the CPU, as few as possible, for an image of these channels. Grey ones are the
    /// CPU's; a GPU sees images without opacity as opaque ones.
    pub fn steps(&self, channels: Channels) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        let (mut size, mut rest) = (self.size, self.actions.as_slice());
        while !rest.is_empty() {
            let (group, after) = rest.split_at(pipeline::together(rest));
            let last = steps.last_mut();
            let mut drawing = Drawing::new(size, channels, last.as_ref().and_then(|step| step.passes.as_deref()));
            let passes = passes(group, self.sampling, channels, &mut drawing).map(|()| drawing.passes());
            match last {
                Some(step) if step.passes.is_some() == passes.is_some() => {
                    step.record.actions.extend_from_slice(group);
                    step.passes.iter_mut().zip(passes).for_each(|(all, more)| all.extend(more));
                }
                _ => steps.push(Step { record: Record { size, actions: group.to_vec(), ..*self }, passes }),
            }
            size = group.iter().fold(size, |size, action| action.output_size(size));
            rest = after;
        }
        steps
    }
}

/// Appends the passes of one group of actions; `None` where no shader does it.
fn passes(group: &[Action], sampling: Sampling, channels: Channels, drawing: &mut Drawing) -> Option<()> {
    if channels == Channels::Gray {
        return None;
    }
    match group[0].family() {
        Family::Geometry => geometry::passes(group, sampling, drawing),
        Family::Levels | Family::Color => colour::passes(group, drawing),
        Family::Filter => filter::passes(&group[0], drawing),
        Family::Noise => noise::passes(&group[0], drawing),
        Family::Erase => erase::passes(&group[0], drawing),
        Family::Codec | Family::Background => None,
    }
}
