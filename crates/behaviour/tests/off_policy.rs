//! Off-policy estimators on logs with a known true value.

use windowshop_behaviour::off_policy::{
    CrossFittedMeans, OffPolicy, OffPolicySettings, Policy, RewardModel, Round, RoundLog, evaluate_policy,
};

const CONTEXTS: u32 = 3;
const ACTIONS: u32 = 6;

/// SplitMix64 (Steele et al. 2014), in [0, 1).
fn draw(key: u64, counter: u64) -> f64 {
    let mut z = key.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add((counter + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Probability of a reward of 1.
fn rate(context: u32, action: u32) -> f64 {
    0.05 + 0.1 * f64::from((context * 5 + action * 3) % 7)
}

/// A softmax policy of the reward rate with inverse temperature `inverse_temperature`: 0 is uniform, negative prefers low rewards.
fn policy(inverse_temperature: f64) -> Policy {
    let of_context = |context: u32| {
        let weights: Vec<f64> =
            (0..ACTIONS).map(|action| (inverse_temperature * rate(context, action)).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(move |weight| weight / sum)
    };
    Policy::new(ACTIONS, (0..CONTEXTS).flat_map(of_context).collect()).unwrap()
}

/// Exact value of a policy per round; contexts are uniform.
fn value(policy: &Policy) -> f64 {
    let of = |context: u32| -> f64 { (0..ACTIONS).zip(policy.of(context)).map(|(a, p)| p * rate(context, a)).sum() };
    (0..CONTEXTS).map(of).sum::<f64>() / f64::from(CONTEXTS)
}

/// Samples `n` rounds of `policy`, one per unit.
fn log(policy: &Policy, n: u64, key: u64) -> RoundLog {
    let round = |i: u64| {
        let context = (draw(key, 3 * i) * f64::from(CONTEXTS)) as u32;
        let mut rest = draw(key, 3 * i + 1);
        let chosen = policy.of(context).iter().position(|p| {
            rest -= p;
            rest < 0.0
        });
        let action = chosen.unwrap_or(ACTIONS as usize - 1) as u32;
        let reward = f64::from(u8::from(draw(key, 3 * i + 2) < rate(context, action)));
        Round { context, action, reward, propensity: policy.of(context)[action as usize], unit: i }
    };
    RoundLog::new((0..n).map(round).collect()).unwrap()
}

fn evaluate(log: &RoundLog, policy: &Policy, clip: Option<f64>) -> OffPolicy {
    let settings = OffPolicySettings { clip, seed: 3 };
    evaluate_policy(log, policy, &CrossFittedMeans::fit(log, 20.0), &settings).unwrap()
}

#[test]
fn intervals_have_nominal_coverage_and_doubly_robust_has_lower_variance_than_ips() {
    let (logging, target) = (policy(-3.0), policy(6.0));
    let truth = value(&target);
    let runs: Vec<OffPolicy> = (0..150).map(|key| evaluate(&log(&logging, 600, key + 1), &target, None)).collect();
    let covered = |of: fn(&OffPolicy) -> windowshop_behaviour::Estimate| {
        let hits = runs.iter().filter(|run| of(run).ci95[0] <= truth && truth <= of(run).ci95[1]);
        hits.count() as f64 / runs.len() as f64
    };
    let variance = |of: fn(&OffPolicy) -> windowshop_behaviour::Estimate| {
        let values = || runs.iter().map(|run| of(run).value);
        let mean = values().sum::<f64>() / runs.len() as f64;
        // Far below the width of one interval: no estimator is biased.
        assert!((mean - truth).abs() < 0.01, "{mean} {truth}");
        values().map(|value| (value - mean).powi(2)).sum::<f64>() / runs.len() as f64
    };
    for coverage in [covered(|r| r.ips), covered(|r| r.snips), covered(|r| r.doubly_robust)] {
        assert!((0.89..=0.99).contains(&coverage), "{coverage}");
    }
    let (ips, snips, robust) = (variance(|r| r.ips), variance(|r| r.snips), variance(|r| r.doubly_robust));
    assert!(robust < ips && snips < ips, "{ips} {snips} {robust}");
}

#[test]
fn doubly_robust_is_consistent_with_a_wrong_model_or_wrong_propensities() {
    struct Wrong;
    impl RewardModel for Wrong {
        fn expected(&self, _: u64, _: u32, _: u32) -> f64 {
            0.9
        }
    }
    struct True;
    impl RewardModel for True {
        fn expected(&self, _: u64, context: u32, action: u32) -> f64 {
            rate(context, action)
        }
    }
    let (logging, target) = (policy(-3.0), policy(6.0));
    let truth = value(&target);
    let right = log(&logging, 40_000, 9);
    let settings = OffPolicySettings::default();
    let by_propensities = evaluate_policy(&right, &target, &Wrong, &settings).unwrap();
    assert!((by_propensities.doubly_robust.value - truth).abs() < 0.02);
    assert!((by_propensities.direct.value - 0.9).abs() < 1e-9, "the wrong model alone is far off");

    let rounds = right.rounds().iter().map(|round| Round { propensity: 1.0 / f64::from(ACTIONS), ..*round }).collect();
    let by_model = evaluate_policy(&RoundLog::new(rounds).unwrap(), &target, &True, &settings).unwrap();
    assert!((by_model.doubly_robust.value - truth).abs() < 0.02);
    assert!((by_model.ips.value - truth).abs() > 0.1, "wrong propensities alone are far off");
    assert!(by_model.mean_weight.ci95[1] < 1.0, "and are detected by the mean weight: {:?}", by_model.mean_weight);
}

#[test]
fn a_policy_evaluated_on_its_own_log_has_the_value_of_the_log() {
    let logging = policy(2.0);
    let own = evaluate(&log(&logging, 2_000, 4), &logging, None);
    assert!((own.ips.value - own.logged.value).abs() < 1e-9 && (own.snips.value - own.logged.value).abs() < 1e-9);
    assert!((own.effective_sample_size - 2_000.0).abs() < 1e-6);
    assert_eq!((own.clipped, own.unsupported), (0.0, 0.0));
}

#[test]
fn clipping_reduces_variance_and_biases_down() {
    let (logging, target) = (policy(-6.0), policy(9.0));
    let log = log(&logging, 3_000, 5);
    let (free, clipped) = (evaluate(&log, &target, None), evaluate(&log, &target, Some(5.0)));
    let width = |run: &OffPolicy| run.ips.ci95[1] - run.ips.ci95[0];
    assert!(width(&clipped) < width(&free) && clipped.ips.value < free.ips.value);
    assert!(clipped.effective_sample_size > free.effective_sample_size && free.effective_sample_size < 1_000.0);
    assert!(clipped.clipped > 0.0 && free.clipped == 0.0);
}

#[test]
fn rounds_of_one_unit_are_resampled_together() {
    let logging = policy(0.0);
    let once = log(&logging, 500, 6);
    let copies = once.rounds().iter().flat_map(|round| vec![*round; 10]).collect();
    let together = evaluate(&RoundLog::new(copies).unwrap(), &policy(3.0), None);
    let alone = evaluate(&once, &policy(3.0), None);
    // Ten copies of a unit carry the information of one.
    let width = |run: &OffPolicy| run.ips.ci95[1] - run.ips.ci95[0];
    assert!((width(&together) / width(&alone) - 1.0).abs() < 1e-9, "{} {}", width(&together), width(&alone));
}

#[test]
fn invalid_logs_and_policies_are_rejected() {
    let round = Round { context: 0, action: 1, reward: 1.0, propensity: 0.5, unit: 0 };
    let message = |rounds: Vec<Round>| RoundLog::new(rounds).unwrap_err().to_string();
    assert!(message(vec![]).contains("no rounds"));
    assert!(message(vec![round, Round { propensity: 0.0, ..round }]).contains("round 1 has propensity 0"));
    assert!(message(vec![Round { propensity: 1.5, ..round }]).contains("propensity 1.5"));
    assert!(message(vec![Round { reward: f64::NAN, ..round }]).contains("reward NaN"));
    let error = Policy::new(2, vec![0.5, 0.5, 0.7, 0.7]).unwrap_err().to_string();
    assert!(error.contains("context 1 sum to 1.4"), "{error}");
    let log = RoundLog::new(vec![round]).unwrap();
    let message_of = |policy: &Policy| {
        let means = CrossFittedMeans::fit(&log, 1.0);
        evaluate_policy(&log, policy, &means, &OffPolicySettings::default()).unwrap_err().to_string()
    };
    assert!(message_of(&Policy::uniform(1, 1)).contains("give probabilities for all"));
    assert!(message_of(&Policy::new(2, vec![1.0, 0.0]).unwrap()).contains("cannot be estimated"));
}
