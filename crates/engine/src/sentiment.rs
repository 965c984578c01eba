//! Sentiment of texts on the CPU: the same computation as `windowshop_model::Sentiment` with n-grams, on the fused kernel.

use std::collections::BTreeSet;

use windowshop_bundle::NetworkFile;
use windowshop_features::{Vocabulary, ngrams::ngrams};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{NetworkKind, manifest::SentimentCard};

use crate::{
    error::EngineError,
    softmax::{argmax, softmax},
    weights::{Weights, pad_row},
};

/// The sentiment network.
pub struct Sentiment {
    card: SentimentCard,
    vocabulary: Vocabulary,
    weights: Vec<f32>, // [rows, classes]
    vectors: Vec<f32>, // [rows, embedding]
    embedding: usize,
    convolution: Dense,
    attention: Dense,
    hidden: Dense,
    output: Dense,
}

impl Sentiment {
    /// Packs the weights of a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other.
    pub fn load(file: NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Sentiment.name(), tensors: &file.weights };
        let card: SentimentCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        let vocabulary = Vocabulary::new(file.vocabulary);
        let (weights_shape, weights) = all.tensor("Ngram.weights", 2)?;
        let (vectors_shape, vectors) = all.tensor("Ngram.vectors", 2)?;
        let embedding = vectors_shape[1];
        let sentiment = Self {
            weights: weights.to_vec(),
            vectors: vectors.to_vec(),
            embedding,
            convolution: all.dense("Ngram.convolution")?,
            attention: all.dense("Ngram.attention")?,
            hidden: all.dense("Ngram.hidden")?,
            output: all.dense("Ngram.output")?,
            vocabulary,
            card,
        };
        let width = sentiment.convolution.outputs() / 2;
        all.expect(&[
            ("weights", weights_shape[0], sentiment.vocabulary.rows()),
            ("weights", weights_shape[1], sentiment.card.classes.len()),
            ("vectors", vectors_shape[0], sentiment.vocabulary.rows()),
            ("convolution", sentiment.convolution.inputs(), sentiment.card.model.window * embedding),
            ("attention", sentiment.attention.inputs(), width),
            ("hidden", sentiment.hidden.inputs(), 2 * width + embedding),
            ("output", sentiment.output.inputs(), sentiment.hidden.outputs()),
            ("output", sentiment.output.outputs(), sentiment.card.classes.len()),
        ])?;
        Ok(sentiment)
    }

    /// The network's card.
    pub fn card(&self) -> &SentimentCard {
        &self.card
    }

    /// The probability of each class, `[classes]`.
    pub fn predict(&self, text: &str) -> Vec<f32> {
        let grams = ngrams(text, self.card.max_tokens);
        let rows: Vec<Vec<usize>> = grams
            .iter()
            .map(|orders| orders.iter().filter(|gram| **gram != 0).map(|gram| self.vocabulary.row(*gram) as usize))
            .map(|rows| rows.filter(|row| *row > 0).collect())
            .collect();
        let mut scores = self.deep(&rows);
        for (score, linear) in scores.iter_mut().zip(self.linear(&rows)) {
            *score = (*score + linear) / self.card.temperature;
        }
        softmax(&mut scores);
        scores
    }

    /// Index of the predicted class: with two classes the second from the card's threshold, else the most probable.
    pub fn predicted_class(&self, probabilities: &[f32]) -> usize {
        if let [_, second] = probabilities {
            return usize::from(*second >= self.card.threshold);
        }
        argmax(probabilities)
    }

    /// Linear part, `[classes]`: the sum of the distinct n-grams' weights over the square root of their number.
    fn linear(&self, rows: &[Vec<usize>]) -> Vec<f32> {
        let classes = self.card.classes.len();
        let distinct: BTreeSet<usize> = rows.iter().flatten().copied().collect();
        let scale = 1.0 / (distinct.len().max(1) as f32).sqrt();
        let mut sums = vec![0.0; classes];
        for row in distinct {
            for (sum, weight) in sums.iter_mut().zip(&self.weights[row * classes..]) {
                *sum += weight * scale;
            }
        }
        sums
    }

    /// Deep part, `[classes]`: convolution, then attention and max pooling over positions, concatenated with the mean token.
    fn deep(&self, rows: &[Vec<usize>]) -> Vec<f32> {
        let (width, embedding, positions) = (self.convolution.outputs() / 2, self.embedding, rows.len());
        let (side, window) = (self.card.model.window / 2, self.convolution.inputs());
        // Zero padding on both sides, so that a window is one slice.
        let mut tokens = vec![0.0; (positions + 2 * side) * embedding];
        for (rows, token) in rows.iter().zip(tokens[side * embedding..].chunks_exact_mut(embedding)) {
            for row in rows {
                token.iter_mut().zip(&self.vectors[row * embedding..]).for_each(|(sum, value)| *sum += value);
            }
        }
        let mut windows = vec![0.0; positions * padded(window)];
        for (at, row) in windows.chunks_exact_mut(padded(window)).enumerate() {
            row[..window].copy_from_slice(&tokens[at * embedding..][..window]);
        }
        let mut both = Vec::new();
        self.convolution.forward(&windows, false, &mut both);
        let mut gated = vec![0.0; positions * padded(width)];
        for (out, both) in gated.chunks_exact_mut(padded(width)).zip(both.chunks_exact(padded(2 * width))) {
            for (i, out) in out[..width].iter_mut().enumerate() {
                *out = both[i] / (1.0 + (-both[width + i]).exp());
            }
        }
        let mut logits = Vec::new();
        self.attention.forward(&gated, false, &mut logits);
        let mut attention: Vec<f32> = logits.iter().step_by(padded(1)).copied().collect();
        softmax(&mut attention);
        let mut pooled = vec![0.0; 2 * width + embedding];
        let (attended, rest) = pooled.split_at_mut(width);
        let (strongest, mean) = rest.split_at_mut(width);
        strongest.fill(f32::NEG_INFINITY);
        for (gated, share) in gated.chunks_exact(padded(width)).zip(&attention) {
            for (i, value) in gated[..width].iter().enumerate() {
                attended[i] += value * share;
                strongest[i] = strongest[i].max(*value);
            }
        }
        for token in tokens.chunks_exact(embedding) {
            mean.iter_mut().zip(token).for_each(|(sum, value)| *sum += value / positions as f32);
        }
        let (mut hidden, mut scores) = (Vec::new(), Vec::new());
        self.hidden.forward(&pad_row(&pooled), true, &mut hidden);
        self.output.forward(&hidden, false, &mut scores);
        scores.truncate(self.card.classes.len());
        scores
    }
}
