//! Fits what the network's logit and the features beside it count, on sessions that neither has seen: conditional logit
//! (McFadden 1974) over the items that could be meant.

use std::collections::BTreeSet;

use windowshop_features::{
    Blend,
    next_item::{FEATURES, Features},
};

use super::{corpus::Question, model::Recommender};

/// Items of the network's that are compared, beside those that a session names.
const BEST: usize = 100;
/// Steps of gradient descent.
const STEPS: usize = 200;
/// Learning rate and decays of the moments (Kingma & Ba 2015, algorithm 1).
const RATE: f32 = 0.05;
const DECAY: [f32; 2] = [0.9, 0.999];

/// One question: the features of the items that are compared, and which of them came next.
struct Choice {
    items: Vec<Features>,
    chosen: usize,
}

/// The weights under which what came next is likeliest.
pub fn fit(recommender: &Recommender, questions: &[Question]) -> Blend {
    let choices: Vec<Choice> = questions
        .chunks(256)
        .flat_map(|chunk| {
            let sessions: Vec<&[u32]> = chunk.iter().map(|question| question.session.as_slice()).collect();
            let logits = recommender.logits(&sessions);
            chunk
                .iter()
                .zip(logits)
                .filter_map(|(question, logits)| choice(recommender, question, &logits))
                .collect::<Vec<_>>()
        })
        .collect();
    descend(&choices)
}

fn choice(recommender: &Recommender, question: &Question, logits: &[f32]) -> Option<Choice> {
    let named = recommender.beside.candidates(&question.session);
    let mut order: Vec<u32> = (0..logits.len() as u32).collect();
    if order.len() > BEST {
        order.select_nth_unstable_by(BEST, |a, b| logits[*b as usize].total_cmp(&logits[*a as usize]));
        order.truncate(BEST);
    }
    let compared: BTreeSet<u32> = order.into_iter().chain(named.keys().copied()).collect();
    let chosen = compared.iter().position(|item| Some(*item) == question.next)?;
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

/// Of the mean surprise at what was chosen.
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
    fn a_feature_that_tells_what_is_chosen_gains_weight_and_a_useless_one_does_not() {
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
