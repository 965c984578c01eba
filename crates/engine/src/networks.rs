//! The opened networks of a bundle, other than the ranker.

use windowshop_bundle::NetworkFile;
use windowshop_schema::NetworkKind;

use crate::{
    error::EngineError, generate::Generator, image::ImageEmbedder, intent::Intent, recommend::Recommender,
    sentiment::Sentiment,
};

/// The opened networks.
#[derive(Default)]
pub struct Networks {
    sentiment: Option<Sentiment>,
    intent: Option<Intent>,
    sequence: Option<Recommender>,
    image: Option<ImageEmbedder>,
    generator: Option<Generator>,
}

impl Networks {
    /// Loads a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for weights that do not fit each other and for a baseline network,
    /// [`EngineError::Baseline`] for a baseline generator.
    pub fn open(&mut self, kind: NetworkKind, file: NetworkFile) -> Result<(), EngineError> {
        match kind {
            NetworkKind::Sentiment => self.sentiment = Some(Sentiment::load(file)?),
            NetworkKind::Intent => self.intent = Some(Intent::load(&file)?),
            NetworkKind::Sequence => self.sequence = Some(Recommender::load(file)?),
            NetworkKind::Image => self.image = Some(ImageEmbedder::load(&file)?),
            NetworkKind::Generator => self.generator = Some(Generator::load(&file)?),
        }
        Ok(())
    }

    /// The sentiment network.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] until it is opened, as for the other networks.
    pub fn sentiment(&self) -> Result<&Sentiment, EngineError> {
        self.sentiment.as_ref().ok_or(missing(NetworkKind::Sentiment))
    }

    /// The intent network.
    pub fn intent(&self) -> Result<&Intent, EngineError> {
        self.intent.as_ref().ok_or(missing(NetworkKind::Intent))
    }

    /// The sequence network.
    pub fn sequence(&self) -> Result<&Recommender, EngineError> {
        self.sequence.as_ref().ok_or(missing(NetworkKind::Sequence))
    }

    /// The image network.
    pub fn image(&self) -> Result<&ImageEmbedder, EngineError> {
        self.image.as_ref().ok_or(missing(NetworkKind::Image))
    }

    /// The generator.
    pub fn generator(&self) -> Result<&Generator, EngineError> {
        self.generator.as_ref().ok_or(missing(NetworkKind::Generator))
    }
}

fn missing(kind: NetworkKind) -> EngineError {
    EngineError::MissingNetwork { task: kind.task() }
}
