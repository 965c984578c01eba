//! The networks of a bundle that have files of their own, as far as they were opened.

use windowshop_bundle::NetworkFile;
use windowshop_schema::Part;

use crate::{
    error::EngineError, generate::Generator, image::ImageEmbedder, intent::Intent, recommend::Recommender,
    sentiment::Sentiment,
};

/// See the module's text.
#[derive(Default)]
pub struct Parts {
    sentiment: Option<Sentiment>,
    intent: Option<Intent>,
    sequence: Option<Recommender>,
    image: Option<ImageEmbedder>,
    generator: Option<Generator>,
}

impl Parts {
    /// Unpacks a part.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for weights that do not fit each other, or a network that is there for measuring only;
    /// [`EngineError::Baseline`] for a generator of that kind.
    pub fn open(&mut self, part: Part, file: NetworkFile) -> Result<(), EngineError> {
        match part {
            Part::Sentiment => self.sentiment = Some(Sentiment::load(file)?),
            Part::Intent => self.intent = Some(Intent::load(&file)?),
            Part::Sequence => self.sequence = Some(Recommender::load(file)?),
            Part::Image => self.image = Some(ImageEmbedder::load(&file)?),
            Part::Generator => self.generator = Some(Generator::load(&file)?),
        }
        Ok(())
    }

    /// Reads the tone of texts.
    ///
    /// # Errors
    /// [`EngineError::MissingPart`] until the part is open, as for every other part.
    pub fn sentiment(&self) -> Result<&Sentiment, EngineError> {
        self.sentiment.as_ref().ok_or(missing(Part::Sentiment))
    }

    /// Reads rows.
    pub fn intent(&self) -> Result<&Intent, EngineError> {
        self.intent.as_ref().ok_or(missing(Part::Intent))
    }

    /// Reads sessions.
    pub fn sequence(&self) -> Result<&Recommender, EngineError> {
        self.sequence.as_ref().ok_or(missing(Part::Sequence))
    }

    /// Looks at photos.
    pub fn image(&self) -> Result<&ImageEmbedder, EngineError> {
        self.image.as_ref().ok_or(missing(Part::Image))
    }

    /// Makes pictures.
    pub fn generator(&self) -> Result<&Generator, EngineError> {
        self.generator.as_ref().ok_or(missing(Part::Generator))
    }
}

fn missing(part: Part) -> EngineError {
    EngineError::MissingPart { part: part.task() }
}
