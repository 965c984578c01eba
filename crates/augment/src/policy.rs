//! A policy: which operators may change an image, how likely and how strongly.

use crate::{
    action::Action,
    auto_augment,
    batch::{Batch, MixRecord, Mixer},
    error::{Error, Result},
    image::{Image, ImageRef, Size},
    operators::Operator,
    pipeline::{self, Workspace},
    random::{Draws, Key},
    record::Record,
    sampling::Sampling,
};

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    Operator { operator: Operator, strength: f64 },
    Compose(Vec<Node>),
    OneOf(Vec<Node>),
    SomeOf { count: u32, transforms: Vec<Node> },
    TrivialAugment { strength: f64 },
    RandAugment { strength: f64, count: u32 },
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    /// Place in the policy, read from top to bottom: it separates the random numbers of the operators.
    pub number: u32,
    pub probability: f64,
    pub choice: Choice,
}

/// A policy, read from JSON once and applied to any number of images. See the crate's page for its form.
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentPolicy {
    pub(crate) sampling: Sampling,
    pub(crate) transforms: Vec<Node>,
    pub(crate) batch: Vec<Mixer>,
}

impl AugmentPolicy {
    /// Does it mix images of a batch with each other?
    pub fn mixes(&self) -> bool {
        !self.batch.is_empty()
    }

    /// The same policy with every strength multiplied by `factor`, 0 to 1. At 0 it changes nothing.
    ///
    /// # Errors
    /// A factor outside that range.
    pub fn scaled(mut self, factor: f64) -> Result<Self> {
        if !(0.0..=1.0).contains(&factor) {
            let (culprit, found) = ("strength".to_owned(), factor.to_string());
            return Err(Error::Policy { culprit, found, expected: "0 to 1".to_owned() });
        }
        self.transforms.iter_mut().for_each(|node| node.scale(factor));
        self.batch.iter_mut().for_each(|mixer| mixer.strength *= factor);
        Ok(self)
    }

    /// What is done to an image of this size, without doing it.
    pub fn draw(&self, size: Size, key: Key) -> Record {
        let mut actions = Vec::new();
        self.transforms.iter().for_each(|node| node.draw(size, key, &mut actions));
        Record { size, sampling: self.sampling, actions }
    }

    /// The changed image. Its size is another than the image's only where the policy crops, resizes or pads.
    pub fn apply(&self, image: &Image, key: Key) -> Image {
        self.apply_recorded(image, key).0
    }

    /// The changed image, and what was done to it: [`Record::replay`] does it again.
    pub fn apply_recorded(&self, image: &Image, key: Key) -> (Image, Record) {
        let record = self.draw(image.size(), key);
        (pipeline::run(image.as_ref(), &record, &mut Workspace::default()), record)
    }

    /// The changed image into `out`, without allocating once the workspace is warm: for training.
    ///
    /// `out` must be as long as the changed image, `width` × `height` × channels, which is the same for every key where
    /// the policy ends with a resize or never changes the size. Returns the size.
    ///
    /// # Errors
    /// `out` has another length; the error says which.
    pub fn apply_into(&self, image: ImageRef<'_>, key: Key, workspace: &mut Workspace, out: &mut [u8]) -> Result<Size> {
        let record = self.draw(image.size(), key);
        record.replay_into(image, workspace, out)
    }

    /// `count` views of one image for test-time augmentation: view `i` is what `key` gives in epoch `key.epoch + i`.
    /// The image as it is is not among them.
    pub fn views(&self, image: &Image, key: Key, count: u32) -> Vec<Image> {
        (0..count).map(|view| self.apply(image, Key { epoch: key.epoch.wrapping_add(view), ..key })).collect()
    }

    /// Mixes the images of a batch with each other, as the policy's `batch` says. `key.sample` is the batch's number.
    /// Returns what was done; empty where the policy mixes nothing.
    pub fn mix(&self, batch: &mut Batch, key: Key) -> Vec<MixRecord> {
        self.batch.iter().filter_map(|mixer| mixer.apply(batch, key)).collect()
    }

    /// Size of the changed image where it does not depend on the key: `None` where a policy crops or pads at random.
    pub fn output_size(&self, size: Size) -> Option<Size> {
        self.transforms.iter().try_fold(size, |size, node| node.fixed_size(size))
    }
}

impl Node {
    fn scale(&mut self, factor: f64) {
        match &mut self.choice {
            Choice::Operator { strength, .. }
            | Choice::TrivialAugment { strength }
            | Choice::RandAugment { strength, .. } => *strength *= factor,
            Choice::Compose(nodes) | Choice::OneOf(nodes) | Choice::SomeOf { transforms: nodes, .. } => {
                nodes.iter_mut().for_each(|node| node.scale(factor));
            }
        }
    }

    fn draw(&self, size: Size, key: Key, out: &mut Vec<Action>) {
        let mut draws = Draws::new(key, self.number);
        if !draws.chance(self.probability) {
            return;
        }
        let now = |out: &[Action]| out.iter().fold(size, |size, action| action.output_size(size));
        match &self.choice {
            Choice::Operator { operator, strength } => operator.draw(*strength, now(out), &mut draws, out),
            Choice::Compose(nodes) => nodes.iter().for_each(|node| node.draw(size, key, out)),
            Choice::OneOf(nodes) => {
                let chosen = draws.below(nodes.len() as u32) as usize;
                nodes[chosen].draw(size, key, out);
            }
            Choice::SomeOf { count, transforms } => {
                // Selection sampling (Knuth, algorithm S): the chosen keep their order.
                let mut wanted = (*count).min(transforms.len() as u32);
                for (at, node) in transforms.iter().enumerate() {
                    let left = (transforms.len() - at) as u32;
                    if draws.below(left) < wanted {
                        wanted -= 1;
                        node.draw(size, key, out);
                    }
                }
            }
            Choice::TrivialAugment { strength } => auto_augment::trivial_augment(*strength, now(out), &mut draws, out),
            Choice::RandAugment { strength, count } => {
                for _ in 0..*count {
                    auto_augment::rand_augment(*strength, now(out), &mut draws, out);
                }
            }
        }
    }

    /// The size afterwards where no draw decides it.
    fn fixed_size(&self, size: Size) -> Option<Size> {
        let all = |nodes: &[Self]| nodes.iter().try_fold(size, |size, node| node.fixed_size(size));
        let after = match &self.choice {
            Choice::Operator { strength: 0.0, .. } | Choice::TrivialAugment { .. } | Choice::RandAugment { .. } => size,
            Choice::Operator { operator, .. } => operator.fixed_size(size)?,
            Choice::Compose(nodes) => all(nodes)?,
            Choice::OneOf(nodes) | Choice::SomeOf { transforms: nodes, .. } => {
                let mut sizes = nodes.iter().map(|node| node.fixed_size(size));
                let first = sizes.next().flatten()?;
                if sizes.any(|other| other != Some(first)) {
                    return None;
                }
                // Some of the nodes: either none of them changes the size, or it depends on which are chosen.
                if matches!(self.choice, Choice::SomeOf { .. }) && first != size {
                    return None;
                }
                first
            }
        };
        (self.probability == 1.0 || self.probability > 0.0 && after == size || self.probability == 0.0)
            .then_some(if self.probability == 0.0 { size } else { after })
    }
}
