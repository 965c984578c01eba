//! The networks of a bundle that have files of their own, as far as they were opened.

use windowshop_bundle::NetworkFile;
use windowshop_schema::NetworkKind;

use crate::{
    error::EngineError, generate::Generator, image::ImageEmbedder, intent::Intent, recommend::Recommender,
    sentiment::Sentiment,
};

/// See the module's text.
#[derive(Default)]
pub struct Networks {
    sentiment: Option<Sentiment>,
    intent: Option<Intent>,
    sequence: Option<Recommender>,
    image: Option<ImageEmbedder>,
    generator: Option<Generator>,
}

impl Networks {
    /// Unpacks a kind.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for weights that do not fit each other, or a network that is there for measuring only;
    /// [`EngineError::Baseline`] for a generator of that kind.
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

    /// Reads the sentiment of texts.
    ///
    /// # Errors
    /// [`EngineError::MissingNetwork`] until the kind is open, as for every other kind.
    pub fn sentiment(&self) -> Result<&Sentiment, EngineError> {
        self.sentiment.as_ref().ok_or(missing(NetworkKind::Sentiment))
    }

    /// Reads rows.
    pub fn intent(&self) -> Result<&Intent, EngineError> {
        self.intent.as_ref().ok_or(missing(NetworkKind::Intent))
    }

    /// Reads sessions.
    pub fn sequence(&self) -> Result<&Recommender, EngineError> {
        self.sequence.as_ref().ok_or(missing(NetworkKind::Sequence))
    }

    /// Looks at photos.
    pub fn image(&self) -> Result<&ImageEmbedder, EngineError> {
        self.image.as_ref().ok_or(missing(NetworkKind::Image))
    }

    /// Makes pictures.
    pub fn generator(&self) -> Result<&Generator, EngineError> {
        self.generator.as_ref().ok_or(missing(NetworkKind::Generator))
    }
}

fn missing(kind: NetworkKind) -> EngineError {
    EngineError::MissingNetwork { kind: kind.name() }
}
