//! A policy: which operators may change a text, how likely and how strongly.

use serde_json::{Map, Value, json};
use windowshop_augment::{
    Draws, Key, Result,
    reading::{self, known, list, name, next, object, refuse, whole, within},
};

use crate::{
    edits::{TextAction, TextRecord},
    negation::{kept, marked},
    operators::{OPERATORS, OperatorDescription},
    presets::PRESETS,
};

#[derive(Clone, Debug, PartialEq)]
enum Choice {
    Operator { operator: &'static OperatorDescription, strength: f64, max_fraction: f64 },
    Compose(Vec<Node>),
    OneOf(Vec<Node>),
    SomeOf { count: u32, transforms: Vec<Node> },
}

#[derive(Clone, Debug, PartialEq)]
struct Node {
    /// Place in the policy, read from top to bottom: it separates the random numbers of the operators.
    number: u32,
    probability: f64,
    choice: Choice,
}

/// A policy, read from JSON once and applied to any number of texts. See the crate's page for its form.
#[derive(Clone, Debug, PartialEq)]
pub struct TextPolicy {
    transforms: Vec<Node>,
}

impl TextPolicy {
    /// # Errors
    /// Text that is no JSON, an unknown operator or key, a number out of its range: with the place in the policy, what was
    /// found and what is expected there.
    pub fn from_json(text: &str) -> Result<Self> {
        let value = reading::json(text)?;
        let map = object(&value, "policy")?;
        known(map, "policy", &["transforms"])?;
        let mut number = 0;
        Ok(Self { transforms: list(map, "", "transforms", |item, at| Node::read(item, at, &mut number))? })
    }

    /// A policy by the name of one of the [`PRESETS`].
    pub fn preset(name: &str) -> Option<Self> {
        let preset = PRESETS.iter().find(|preset| preset.name == name)?;
        Some(Self::from_json(preset.policy).expect("a preset is tested"))
    }

    /// The policy with every default written out.
    pub fn to_json(&self) -> String {
        json!({ "transforms": self.transforms.iter().map(Node::value).collect::<Vec<_>>() }).to_string()
    }

    /// The changed text.
    pub fn apply(&self, text: &str, key: Key) -> String {
        self.apply_recorded(text, key).0
    }

    /// The changed text, and what was done to it: [`TextRecord::replay`] does it again.
    pub fn apply_recorded(&self, text: &str, key: Key) -> (String, TextRecord) {
        let (mut text, mut record) = (text.to_owned(), TextRecord::default());
        self.transforms.iter().for_each(|node| node.apply(key, &mut text, &mut record));
        (text, record)
    }
}

impl Node {
    fn read(value: &Value, at: &str, number: &mut u32) -> Result<Self> {
        let map = object(value, at)?;
        let name = name(map, at)?;
        let own = next(number, at)?;
        let probability = within(map, at, "probability", 1.0, [0.0, 1.0])?;
        let choice = match name {
            "compose" => Choice::Compose(Self::group(map, at, &[], number)?),
            "one_of" => Choice::OneOf(Self::group(map, at, &[], number)?),
            "some_of" => {
                let transforms = Self::group(map, at, &["count"], number)?;
                Choice::SomeOf { count: whole(map, at, "count", 1.0, [1.0, transforms.len() as f64])?, transforms }
            }
            _ => {
                let Some(operator) = OPERATORS.iter().find(|operator| operator.name == name) else {
                    let names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
                    let expected = format!("compose, one_of, some_of, {}", names.join(", "));
                    return refuse(&format!("{at}.operator"), name, &expected);
                };
                known(map, at, &["operator", "probability", "strength", "max_fraction"])?;
                let strength = within(map, at, "strength", 1.0, [0.0, 1.0])?;
                let max_fraction = within(map, at, "max_fraction", operator.max_fraction, [0.0, 1.0])?;
                Choice::Operator { operator, strength, max_fraction }
            }
        };
        Ok(Self { number: own, probability, choice })
    }

    fn group(map: &Map<String, Value>, at: &str, keys: &[&str], number: &mut u32) -> Result<Vec<Self>> {
        known(map, at, &[&["operator", "probability", "transforms"], keys].concat())?;
        let nodes = list(map, &format!("{at}."), "transforms", |item, at| Self::read(item, at, number))?;
        match nodes.is_empty() {
            false => Ok(nodes),
            true => refuse(&format!("{at}.transforms"), "none", "at least one transform"),
        }
    }

    fn value(&self) -> Value {
        let all = |nodes: &[Self]| nodes.iter().map(Self::value).collect::<Vec<_>>();
        let mut map = match &self.choice {
            Choice::Operator { operator, strength, max_fraction } => {
                json!({ "operator": operator.name, "strength": strength, "max_fraction": max_fraction })
            }
            Choice::Compose(nodes) => json!({ "operator": "compose", "transforms": all(nodes) }),
            Choice::OneOf(nodes) => json!({ "operator": "one_of", "transforms": all(nodes) }),
            Choice::SomeOf { count, transforms } => {
                json!({ "operator": "some_of", "count": count, "transforms": all(transforms) })
            }
        };
        map["probability"] = json!(self.probability);
        map
    }

    fn apply(&self, key: Key, text: &mut String, record: &mut TextRecord) {
        let mut draws = Draws::new(key, self.number);
        if !draws.chance(self.probability) {
            return;
        }
        match &self.choice {
            Choice::Operator { operator, strength, max_fraction } => {
                let probability = draws.amount(strength * max_fraction);
                let action = TextAction {
                    action: operator.name.to_owned(),
                    edits: operator.edits(&marked(text), probability, &mut draws),
                };
                if action.edits.is_empty() {
                    return;
                }
                let changed = action.replay(text).expect("edits of this text");
                // A mistake can make a negation of what was none, as "nor" becomes "not": then the text stays as it is.
                if kept(&changed) == kept(text) {
                    *text = changed;
                    record.actions.push(action);
                }
            }
            Choice::Compose(nodes) => nodes.iter().for_each(|node| node.apply(key, text, record)),
            Choice::OneOf(nodes) => nodes[draws.below(nodes.len() as u32) as usize].apply(key, text, record),
            Choice::SomeOf { count, transforms } => {
                // Selection sampling (Knuth, algorithm S): the chosen keep their order.
                let mut wanted = *count;
                for (at, node) in transforms.iter().enumerate() {
                    if draws.below((transforms.len() - at) as u32) < wanted {
                        wanted -= 1;
                        node.apply(key, text, record);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_named_with_its_place_what_was_found_and_what_is_expected() {
        let mistake =
            |inner: &str| TextPolicy::from_json(&format!(r#"{{"transforms": [{inner}]}}"#)).unwrap_err().to_string();
        let named = mistake(r#"{"operator": "synonym"}"#);
        assert!(named.starts_with("transforms[0].operator: found synonym; expected compose"), "{named}");
        let strong = mistake(r#"{"operator": "keyboard", "strength": 2}"#);
        assert_eq!(strong, "transforms[0].strength: found 2; expected 0 to 1");
        assert!(mistake(r#"{"operator": "keyboard", "fraction": 0.1}"#).ends_with("the nearest is max_fraction"));
        assert!(mistake(r#"{"operator": "one_of", "transforms": []}"#).ends_with("at least one transform"));
        assert!(mistake(r#"{"operator": "keyboard", "strength": NaN}"#).starts_with("policy: found"));
        assert!(TextPolicy::from_json(r#"{"border": "edge", "transforms": []}"#).is_err());
    }
}
