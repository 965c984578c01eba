//! A record's steps as a page's GPU gets them: numbers alone, because objects would cost more than the passes.

use windowshop_augment::{Pass, Shader, Slot, Words};

/// Stands where the number of a pass's own words would: its words are in the slot for levels.
const LEVELS: u32 = u32::MAX;

/// Names of the shaders, in the order of their numbers.
pub fn shader_names() -> String {
    let names: Vec<&str> = Shader::ALL.iter().map(|shader| shader.name()).collect();
    names.join(" ")
}

/// For each pass its shader, source, result, words of the result, workgroups along x and y, and how many words follow; then
/// these.
pub fn encode(passes: &[Pass]) -> Vec<u32> {
    let shader = |shader: Shader| Shader::ALL.iter().position(|other| *other == shader).unwrap_or_default() as u32;
    let slot = |slot: Slot| Slot::ALL.iter().position(|other| *other == slot).unwrap_or_default() as u32;
    let mut all = Vec::new();
    for pass in passes {
        let [x, y] = pass.workgroups;
        all.extend([shader(pass.shader), slot(pass.source), slot(pass.result), pass.length as u32, x, y]);
        match &pass.words {
            Words::Levels => all.push(LEVELS),
            Words::Own(words) => {
                all.push(words.len() as u32);
                all.extend_from_slice(words);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{KEY, SIZE};
    use windowshop_augment::{AugmentPolicy, Channels};

    #[test]
    fn passes_are_numbers_one_after_the_other() {
        let policy = r#"{"transforms": [{"operator": "contrast"}, {"operator": "saturation"}]}"#;
        let steps = AugmentPolicy::from_json(policy).unwrap().draw(SIZE, KEY).steps(Channels::Rgb);
        let passes = steps[0].passes.as_deref().unwrap();
        let numbers = encode(passes);
        let (mut at, mut seen) = (0, Vec::new());
        while at < numbers.len() {
            let words = numbers[at + 6];
            seen.push((
                shader_names().split(' ').nth(numbers[at] as usize).unwrap().to_owned(),
                numbers[at + 2],
                words,
            ));
            at += 7 + if words == LEVELS { 0 } else { words as usize };
        }
        let names: Vec<&str> = seen.iter().map(|(name, ..)| name.as_str()).collect();
        assert_eq!(names, ["statistics", "tone", "table", "saturate"]);
        assert_eq!((seen[1].1, seen[2].2, seen[3].1, seen[3].2), (2, LEVELS, 0, 3));
    }
}
