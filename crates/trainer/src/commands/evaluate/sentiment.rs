//! `trainer evaluate sentiment`

use std::path::Path;

use anyhow::bail;
use serde_json::json;
use windowshop_ingest::Review;
use windowshop_metrics::classification::Predictions;

use super::{Args, Opened, Reads, print};
use crate::{
    device,
    sentiment::{corpus::Corpus, learner::predict, model::SentimentModel},
};

/// `trainer evaluate sentiment`
pub fn sentiment(args: &Args) -> anyhow::Result<()> {
    if args.rows.is_some() {
        bail!(
            "--rows: expected no flag for a sentiment network; --dump writes its texts with labels and probabilities"
        );
    }
    let opened = Opened::new(args, Reads::Reviews)?;
    let device = device::open(args.device)?;
    let SentimentModel { card, vocabulary, network, bytes } = SentimentModel::open(&args.model, &device)?;
    let reviews: Vec<Review> = opened
        .dataset
        .reviews
        .iter()
        .filter(|review| opened.wants_review(review))
        .take(args.limit.unwrap_or(usize::MAX))
        .cloned()
        .collect();
    let corpus = Corpus::unsplit(&reviews, &card.classes, card.max_tokens);
    if corpus.texts.is_empty() {
        bail!("{}: no reviews to evaluate", args.data.display());
    }
    let all: Vec<usize> = (0..corpus.texts.len()).collect();
    let mut predictions = predict(&network, &corpus, &all, &vocabulary, card.temperature, &device);
    predictions.threshold = card.threshold;
    if let Some(path) = &args.dump {
        dump(path, &reviews, &corpus, &predictions)?;
    }
    let mut out = predictions.evaluate(card.card.seed).to_json();
    out.insert("n_skipped".into(), json!(reviews.len() - corpus.texts.len()));
    out.insert("seed".into(), json!(card.card.seed));
    out.insert("model_bytes".into(), json!(bytes));
    out.insert("classes".into(), json!(card.classes));
    out.insert("split".into(), json!(opened.split));
    print(&out, args.json);
    Ok(())
}

/// Writes JSON lines: text, label, predicted sentiment, and the probability of each sentiment.
fn dump(path: &Path, reviews: &[Review], corpus: &Corpus, predictions: &Predictions) -> anyhow::Result<()> {
    let known = reviews.iter().filter(|review| corpus.classes.contains(&review.sentiment));
    let line = |(row, review): (usize, &Review)| {
        let probabilities: serde_json::Map<_, _> = corpus
            .classes
            .iter()
            .enumerate()
            .map(|(class, sentiment)| (sentiment.name().to_owned(), json!(predictions.probability(row, class))))
            .collect();
        let named = corpus.classes[predictions.predicted(row)];
        format!(
            "{}\n",
            json!({"text": review.text, "sentiment": review.sentiment, "named": named, "probabilities": probabilities})
        )
    };
    Ok(windowshop_files::write(path, known.enumerate().map(line).collect::<String>())?)
}
