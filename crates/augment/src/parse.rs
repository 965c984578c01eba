//! A policy's JSON, read by hand: so that a mistake is named with its place, what was found and what may stand there.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value, json};

use crate::{
    batch::Mixer,
    error::{Error, Result},
    operators::{OPERATORS, Operator},
    policy::{AugmentPolicy, Choice, Node},
    presets::PRESETS,
    reading::{self, known, list, name, next, object, refuse, whole, within},
    sampling::{Border, Interpolation, Sampling},
    suggest::nearest,
};

const GROUPS: [&str; 5] = ["compose", "one_of", "some_of", "trivial_augment", "rand_augment"];
const MIXERS: [&str; 2] = ["mix_up", "cut_mix"];
/// RandAugment's magnitude 9 of 30, and two operators: what its paper trains ResNet-50 with.
const RAND_AUGMENT: (f64, u32) = (0.3, 2);

impl AugmentPolicy {
    /// # Errors
    /// Text that is no JSON, an unknown operator or key, a number out of its range: with the place in the policy, what was
    /// found and what is expected there.
    pub fn from_json(text: &str) -> Result<Self> {
        policy(&reading::json(text)?)
    }

    /// A policy of [`PRESETS`].
    ///
    /// # Errors
    /// A name that is not among them.
    pub fn preset(name: &str) -> Result<Self> {
        match PRESETS.iter().find(|preset| preset.name == name) {
            Some(preset) => Self::from_json(preset.policy),
            None => {
                let names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
                let (culprit, found) = ("policy".to_owned(), format!("the name {name}"));
                Err(Error::Policy { culprit, found, expected: format!("a policy, or one of {}", names.join(", ")) })
            }
        }
    }

    /// The policy with every default written out.
    pub fn to_json(&self) -> String {
        to_value(self).to_string()
    }
}

impl Serialize for AugmentPolicy {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        to_value(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for AugmentPolicy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        policy(&Value::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

fn policy(value: &Value) -> Result<AugmentPolicy> {
    let mut number = 0;
    let map = object(value, "policy")?;
    known(map, "policy", &["border", "interpolation", "transforms", "batch"])?;
    let sampling = Sampling { border: border(map)?, interpolation: interpolation(map)? };
    let transforms = list(map, "", "transforms", |item, at| node(item, at, &mut number))?;
    let batch = match map.contains_key("batch") {
        true => list(map, "", "batch", |item, at| mixer(item, at, &mut number))?,
        false => Vec::new(),
    };
    Ok(AugmentPolicy { sampling, transforms, batch })
}

fn node(value: &Value, at: &str, number: &mut u32) -> Result<Node> {
    let map = object(value, at)?;
    let name = name(map, at)?;
    let own = next(number, at)?;
    let probability = within(map, at, "probability", 1.0, [0.0, 1.0])?;
    let strength = |default: f64| within(map, at, "strength", default, [0.0, 1.0]);
    let mut transforms = || {
        let nodes = list(map, &format!("{at}."), "transforms", |item, at| node(item, at, number))?;
        match nodes.is_empty() {
            false => Ok(nodes),
            true => refuse(&format!("{at}.transforms"), "none", "at least one transform"),
        }
    };
    let keys = |others: &[&str]| known(map, at, &[&["operator", "probability"], others].concat());
    let choice = match name {
        "compose" => {
            keys(&["transforms"])?;
            Choice::Compose(transforms()?)
        }
        "one_of" => {
            keys(&["transforms"])?;
            Choice::OneOf(transforms()?)
        }
        "some_of" => {
            keys(&["transforms", "count"])?;
            let transforms = transforms()?;
            let most = transforms.len() as f64;
            Choice::SomeOf { count: whole(map, at, "count", 1.0, [1.0, most])?, transforms }
        }
        "trivial_augment" => {
            keys(&["strength"])?;
            Choice::TrivialAugment { strength: strength(1.0)? }
        }
        "rand_augment" => {
            keys(&["strength", "count"])?;
            let (magnitude, count) = RAND_AUGMENT;
            let count = whole(map, at, "count", f64::from(count), [0.0, 20.0])?;
            Choice::RandAugment { strength: strength(magnitude)?, count }
        }
        _ => Choice::Operator { operator: operator(map, name, at)?, strength: strength(1.0)? },
    };
    Ok(Node { number: own, probability, choice })
}

fn operator(map: &Map<String, Value>, name: &str, at: &str) -> Result<Operator> {
    let (Some(mut operator), Some(description)) =
        (Operator::named(name), OPERATORS.iter().find(|description| description.name == name))
    else {
        let place = format!("{at}.operator");
        if MIXERS.contains(&name) {
            return refuse(&place, name, "an operator on one image; this one mixes several: list it under batch");
        }
        let near = nearest(name, OPERATORS.iter().map(|description| description.name).chain(GROUPS));
        let expected = format!("a known operator; the nearest is {near}");
        return Err(Error::Operator { culprit: place, found: name.to_owned(), expected });
    };
    let names: Vec<&str> = description.parameters.iter().map(|parameter| parameter.name).collect();
    known(map, at, &[&["operator", "probability", "strength"], names.as_slice()].concat())?;
    for parameter in description.parameters {
        let range = [parameter.least, parameter.most];
        let value = match parameter.whole {
            true => f64::from(whole(map, at, parameter.name, parameter.default, range)?),
            false => within(map, at, parameter.name, parameter.default, range)?,
        };
        operator.set(parameter.name, value);
    }
    Ok(operator)
}

fn mixer(value: &Value, at: &str, number: &mut u32) -> Result<Mixer> {
    let map = object(value, at)?;
    let name = name(map, at)?;
    if !MIXERS.contains(&name) {
        let near = nearest(name, MIXERS);
        return refuse(&format!("{at}.operator"), name, &format!("mix_up or cut_mix; the nearest is {near}"));
    }
    known(map, at, &["operator", "probability", "strength", "alpha"])?;
    // MixUp's paper finds 0.1 to 0.4 best on ImageNet, CutMix's uses 1.
    let cut = name == "cut_mix";
    Ok(Mixer {
        number: next(number, at)?,
        cut,
        probability: within(map, at, "probability", 1.0, [0.0, 1.0])?,
        strength: within(map, at, "strength", 1.0, [0.0, 1.0])?,
        alpha: within(map, at, "alpha", if cut { 1.0 } else { 0.2 }, [0.01, 100.0])?,
    })
}

fn border(map: &Map<String, Value>) -> Result<Border> {
    match map.get("border") {
        None => Ok(Border::default()),
        Some(value) => match value.as_str() {
            Some("reflect") => Ok(Border::Reflect),
            Some("edge") => Ok(Border::Edge),
            _ => serde_json::from_value(value.clone())
                .map(Border::Color)
                .or_else(|_| refuse("border", &value.to_string(), "reflect, edge, or a colour as [255, 255, 255]")),
        },
    }
}

fn interpolation(map: &Map<String, Value>) -> Result<Interpolation> {
    match map.get("interpolation") {
        None => Ok(Interpolation::default()),
        Some(value) => serde_json::from_value(value.clone())
            .or_else(|_| refuse("interpolation", &value.to_string(), "bilinear or bicubic")),
    }
}

fn to_value(policy: &AugmentPolicy) -> Value {
    let border = match policy.sampling.border {
        Border::Reflect => json!("reflect"),
        Border::Edge => json!("edge"),
        Border::Color(color) => json!(color),
    };
    let mixers = policy.batch.iter().map(|mixer| {
        json!({
            "operator": MIXERS[usize::from(mixer.cut)],
            "probability": mixer.probability,
            "strength": mixer.strength,
            "alpha": mixer.alpha,
        })
    });
    json!({
        "border": border,
        "interpolation": policy.sampling.interpolation,
        "transforms": nodes(&policy.transforms),
        "batch": mixers.collect::<Vec<_>>(),
    })
}

fn nodes(all: &[Node]) -> Vec<Value> {
    let value = |node: &Node| {
        let mut map = match &node.choice {
            Choice::Operator { operator, strength } => {
                let mut map = json!({ "operator": operator.name(), "strength": strength });
                operator.parameters().into_iter().for_each(|(name, value)| map[name] = json!(value));
                map
            }
            Choice::Compose(inner) => json!({ "operator": "compose", "transforms": nodes(inner) }),
            Choice::OneOf(inner) => json!({ "operator": "one_of", "transforms": nodes(inner) }),
            Choice::SomeOf { count, transforms } => {
                json!({ "operator": "some_of", "count": count, "transforms": nodes(transforms) })
            }
            Choice::TrivialAugment { strength } => json!({ "operator": "trivial_augment", "strength": strength }),
            Choice::RandAugment { strength, count } => {
                json!({ "operator": "rand_augment", "strength": strength, "count": count })
            }
        };
        map["probability"] = json!(node.probability);
        map
    };
    all.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mistake(text: &str) -> String {
        AugmentPolicy::from_json(text).unwrap_err().to_string()
    }

    #[test]
    fn a_mistake_is_named_with_its_place_what_was_found_and_what_is_expected() {
        let one = |inner: &str| mistake(&format!(r#"{{"transforms": [{{"operator": "invert"}}, {inner}]}}"#));
        assert_eq!(
            one(r#"{"operator": "rotator"}"#),
            "transforms[1].operator: found rotator; expected a known operator; the nearest is rotate"
        );
        assert_eq!(
            one(r#"{"operator": "rotate", "probability": 1.5}"#),
            "transforms[1].probability: found 1.5; expected 0 to 1"
        );
        assert_eq!(
            one(r#"{"operator": "rotate", "strength": -0.1}"#),
            "transforms[1].strength: found -0.1; expected 0 to 1"
        );
        assert_eq!(
            one(r#"{"operator": "one_of", "transforms": [{"operator": "resize", "width": 2.5}]}"#),
            "transforms[1].transforms[0].width: found 2.5; expected a whole number"
        );
        assert!(one(r#"{"operator": "rotate", "max_degree": 3}"#).ends_with("the nearest is max_degrees"));
        assert!(one(r#"{"operator": "one_of", "transforms": []}"#).ends_with("at least one transform"));
        assert!(one(r#"{"operator": "mix_up"}"#).ends_with("list it under batch"));
        assert!(one(r#"{"operator": "one_of", "strength": 1, "transforms": []}"#).contains("unknown key strength"));
        assert!(mistake("{").contains("policy: found EOF"));
        assert!(mistake("{}").starts_with("transforms: found nothing"));
        assert!(mistake(r#"{"transforms": [], "border": "grey"}"#).starts_with("border: found \"grey\""));
        assert!(mistake(r#"{"transforms": [], "batch": [{"operator": "mixup"}]}"#).ends_with("the nearest is mix_up"));
    }

    #[test]
    fn a_written_policy_is_the_same_policy() {
        let text = r#"{
            "border": [255, 255, 255], "interpolation": "bicubic",
            "transforms": [
                {"operator": "some_of", "count": 2, "probability": 0.5, "transforms": [
                    {"operator": "rotate", "strength": 0.1}, {"operator": "resize", "width": 32, "height": 16},
                    {"operator": "one_of", "transforms": [{"operator": "trivial_augment"}]}
                ]},
                {"operator": "compose", "transforms": [{"operator": "rand_augment", "count": 3}]}
            ],
            "batch": [{"operator": "cut_mix", "probability": 0.5}, {"operator": "mix_up"}]
        }"#;
        let policy = AugmentPolicy::from_json(text).unwrap();
        assert_eq!(AugmentPolicy::from_json(&policy.to_json()).unwrap(), policy);
        assert_eq!(serde_json::from_str::<AugmentPolicy>(&serde_json::to_string(&policy).unwrap()).unwrap(), policy);
    }

    #[test]
    fn every_operator_is_known_by_its_name_and_in_range_by_default() {
        for description in OPERATORS {
            let operator = Operator::named(description.name).unwrap();
            assert_eq!(operator.name(), description.name);
            for (parameter, (name, value)) in description.parameters.iter().zip(operator.parameters()) {
                assert_eq!((parameter.name, parameter.default), (name, value));
                assert!((parameter.least..=parameter.most).contains(&value), "{name}");
            }
        }
        assert!(OPERATORS.len() >= 35);
    }
}
