//! What a policy promises of every text.

use proptest::{prelude::*, test_runner::RngSeed};
use serde_json::{Value, json};
use windowshop_augment_text::{Key, OPERATORS, TextPolicy, kept};

/// Pieces of which negations are easily made by accident, beside whole ones.
const PIECES: &[&str] = &[
    "not",
    "no",
    "never",
    "don't",
    "don’t",
    "isn't",
    "without",
    "hardly",
    "nor",
    "bot",
    "know",
    "knot",
    "now",
    "can",
    "cannot",
    "n't",
    "a",
    "very",
    "good",
    "dress",
    "Lovely",
    "quality",
    "their",
    "é",
    "e\u{301}te",
    "42",
    "3xl",
    "'",
    " ",
    " ",
    ", ",
    ". ",
    "不",
    "没",
    "没有",
    "无",
    "别",
    "未",
    "非",
    "布",
    "是",
    "很",
    "好",
    "质量",
    "满意",
    "物流",
    "テスト",
    "😀",
    "\n",
    "t",
];

fn text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec((prop::sample::select(PIECES), any::<bool>()), 0..24);
    let spaced = pieces.prop_map(|pieces| {
        pieces.iter().map(|(piece, space)| format!("{piece}{}", if *space { " " } else { "" })).collect::<String>()
    });
    prop_oneof![4 => spaced, 1 => any::<String>()]
}

fn transform() -> impl Strategy<Value = Value> {
    let leaf = (0..OPERATORS.len(), 0.0..=1.0, 0.0..=1.0, 0.0..=1.0).prop_map(|(at, probability, strength, most)| {
        json!({"operator": OPERATORS[at].name, "probability": probability, "strength": strength, "max_fraction": most})
    });
    leaf.prop_recursive(2, 8, 4, |inner| {
        (prop::sample::select(vec!["compose", "one_of", "some_of"]), prop::collection::vec(inner, 1..4))
            .prop_map(|(name, transforms)| json!({"operator": name, "transforms": transforms}))
    })
}

fn policy() -> impl Strategy<Value = TextPolicy> {
    prop::collection::vec(transform(), 0..5)
        .prop_map(|transforms| TextPolicy::from_json(&json!({ "transforms": transforms }).to_string()).unwrap())
}

fn every_operator(strength: f64) -> TextPolicy {
    let all: Vec<Value> = OPERATORS
        .iter()
        .map(|operator| json!({"operator": operator.name, "strength": strength, "max_fraction": 1.0}))
        .collect();
    TextPolicy::from_json(&json!({ "transforms": all }).to_string()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn negations_and_what_they_negate_stay_as_they_are(text in text(), policy in policy(), seed in any::<u64>()) {
        let changed = policy.apply(&text, Key { seed, sample: 3, epoch: 1 });
        prop_assert_eq!(kept(&changed), kept(&text), "{:?} became {:?}", text, changed);
    }

    #[test]
    fn the_same_key_gives_the_same_text_and_the_record_gives_it_again(text in text(), policy in policy(), seed in any::<u64>()) {
        let key = Key { seed, sample: 5, epoch: 7 };
        let (changed, record) = policy.apply_recorded(&text, key);
        prop_assert_eq!(&policy.apply(&text, key), &changed);
        prop_assert_eq!(&record.replay(&text).unwrap(), &changed);
        let written = serde_json::to_string(&record).unwrap();
        prop_assert_eq!(serde_json::from_str::<windowshop_augment_text::TextRecord>(&written).unwrap(), record);
        prop_assert_eq!(&TextPolicy::from_json(&policy.to_json()).unwrap(), &policy);
    }

    #[test]
    fn zero_strength_is_the_identity(text in text(), seed in any::<u64>()) {
        let (changed, record) = every_operator(0.0).apply_recorded(&text, Key { seed, sample: 0, epoch: 0 });
        prop_assert_eq!(&changed, &text);
        prop_assert!(record.actions.is_empty());
    }

    #[test]
    fn a_text_never_loses_its_last_word(text in text(), seed in any::<u64>()) {
        let says = |text: &str| text.chars().any(char::is_alphanumeric);
        let changed = every_operator(1.0).apply(&text, Key { seed, sample: 0, epoch: 0 });
        prop_assert_eq!(says(&changed), says(&text), "{:?} became {:?}", text, changed);
    }
}

#[test]
fn every_operator_changes_texts_of_its_language() {
    let (english, chinese) = ("Their new dress made our week: great sale, right size", "衣服质量很好而且物流快");
    for operator in OPERATORS {
        let policy = json!({"transforms": [{"operator": operator.name, "max_fraction": 0.5}]}).to_string();
        let policy = TextPolicy::from_json(&policy).unwrap();
        let changes = |text: &str| {
            (0..40).filter(|&sample| policy.apply(text, Key { seed: 1, sample, epoch: 0 }) != text).count()
        };
        assert!(changes(english) > 15, "{} in English: {}", operator.name, changes(english));
        let of_characters = !matches!(operator.name, "character_drop" | "keyboard");
        assert_eq!(changes(chinese) > 15, of_characters, "{} in Chinese: {}", operator.name, changes(chinese));
    }
}

#[test]
fn epoch_sample_and_seed_each_decide() {
    let policy = every_operator(0.5);
    let text = "A long enough review of a summer dress that somebody bought and liked well enough to write about";
    let key = Key { seed: 1, sample: 1, epoch: 1 };
    let first = policy.apply(text, key);
    for other in [Key { seed: 2, ..key }, Key { sample: 2, ..key }, Key { epoch: 2, ..key }] {
        assert_ne!(policy.apply(text, other), first);
    }
}
