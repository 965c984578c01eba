//! Fits the weights of the network's logit and of the neighbour features on held-out sessions: a conditional logit model
//! (McFadden 1974) over candidate items.

use std::collections::BTreeSet;

use windowshop_features::{
    Blend,
    next_item::{FEATURES, Features},
};

use super::{corpus::NextItemQuery, model::Recommender};

/// Candidates from the network, besides the items of the session and their neighbours.
const BEST: usize = 100;
/// Steps of gradient descent.
const STEPS: usize = 200;
/// Learning rate and decays of the moments (Kingma & Ba 2015, algorithm 1).
const RATE: f32 = 0.05;
const DECAY: [f32; 2] = [0.9, 0.999];

/// One query: the features of the candidates, and the index of the next item.
struct Choice {
    items: Vec<Features>,
    chosen: usize,
}

/// The weights of the largest likelihood of the next items.
pub fn fit(recommender: &Recommender, queries: &[NextItemQuery]) -> Blend {
    let choices: Vec<Choice> = queries
        .chunks(256)
        .flat_map(|chunk| {
            let sessions: Vec<&[u32]> = chunk.iter().map(|query| query.session.as_slice()).collect();
            let logits = recommender.logits(&sessions);
            chunk
                .iter()
                .zip(logits)
                .filter_map(|(query, logits)| choice(recommender, query, &logits))
                .collect::<Vec<_>>()
        })
        .collect();
    descend(&choices)
}

fn choice(recommender: &Recommender, query: &NextItemQuery, logits: &[f32]) -> Option<Choice> {
    let named = recommender.beside.candidates(&query.session);
    let mut order: Vec<u32> = (0..logits.len() as u32).collect();
    if order.len() > BEST {
        order.select_nth_unstable_by(BEST, |a, b| logits[*b as usize].total_cmp(&logits[*a as usize]));
        order.truncate(BEST);
    }
    let compared: BTreeSet<u32> = order.into_iter().chain(named.keys().copied()).collect();
    let chosen = compared.iter().position(|item| Some(*item) == query.next)?;
    let features = |item: &u32| recommender.beside.features(*item, named.get(item), logits[*item as usize]);
    Some(Choice { items: compared.iter().map(features).collect(), chosen })
}

fn descend(choices: &[Choice]) -> Blend {
    let mut blend = Blend::network_alone();
    if choices.is_empty() {
        return blend;
    }
    let (mut mean, mut square) = ([0f32; FEATURES], [0f32; FEATURES]);
    for step in 1..=STEPS {
        let gradient = gradient(choices, &blend);
        for f in 0..FEATURES {
            mean[f] += (1.0 - DECAY[0]) * (gradient[f] - mean[f]);
            square[f] += (1.0 - DECAY[1]) * (gradient[f] * gradient[f] - square[f]);
            let unbiased =
                [mean[f] / (1.0 - DECAY[0].powi(step as i32)), square[f] / (1.0 - DECAY[1].powi(step as i32))];
            blend.0[f] -= RATE * unbiased[0] / (unbiased[1].sqrt() + 1e-8);
        }
    }
    blend
}

/// The gradient of the mean negative log-likelihood.
fn gradient(choices: &[Choice], blend: &Blend) -> Features {
    let mut sum = [0f64; FEATURES];
    for Choice { items, chosen } in choices {
        let scores: Vec<f32> = items.iter().map(|features| blend.score(features)).collect();
        let largest = scores.iter().copied().fold(f32::MIN, f32::max);
        let likely: Vec<f32> = scores.iter().map(|score| (score - largest).exp()).collect();
        let total: f32 = likely.iter().sum();
        for (features, likely) in items.iter().zip(&likely) {
            sum.iter_mut().zip(features).for_each(|(sum, value)| *sum += f64::from(value * likely / total));
        }
        sum.iter_mut().zip(&items[*chosen]).for_each(|(sum, value)| *sum -= f64::from(*value));
    }
    sum.map(|sum| (sum / choices.len() as f64) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_informative_feature_gains_weight_and_an_uninformative_one_does_not() {
        let choices: Vec<Choice> = (0..200)
            .map(|i: usize| {
                let chosen = i % 5;
                let features = |item: usize| {
                    let mut features = Features::default();
                    features[0] = (i * 7 + item * 3) as f32 % 11.0 / 11.0;
                    features[3] = f32::from(item == chosen || item == (i / 5) % 5);
                    features
                };
                Choice { items: (0..5).map(features).collect(), chosen }
            })
            .collect();
        let blend = descend(&choices);
        assert!(blend.0[3] > 1.0, "{blend:?}");
        assert!(blend.0[0].abs() < 0.6, "{blend:?}");
        assert_eq!(descend(&[]), Blend::network_alone());
    }
}
