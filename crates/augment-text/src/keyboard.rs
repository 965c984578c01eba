//! Keys beside each other on an English keyboard (QWERTY).

const ROWS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// How far each row is to the right of the first, in quarters of a key.
const INDENTS: [i32; 3] = [0, 1, 3];
/// Centres of keys that touch are at most so far apart in a row, in quarters of a key.
const REACH: i32 = 4;

fn place(letter: char) -> Option<(i32, i32)> {
    ROWS.iter().zip(INDENTS).zip(0..).find_map(|((row, indent), number)| {
        let column = row.find(letter)? as i32;
        Some((number, 4 * column + indent))
    })
}

/// The letters on the keys around a letter's, of the same case; none for what is no letter of English.
pub(crate) fn neighbours(letter: char) -> Vec<char> {
    let Some((row, x)) = place(letter.to_ascii_lowercase()) else { return Vec::new() };
    let near = |other: &char| {
        place(*other).is_some_and(|(other_row, other_x)| match (row - other_row).abs() {
            0 => (x - other_x).abs() == REACH,
            1 => (x - other_x).abs() < REACH,
            _ => false,
        })
    };
    let of_case = |other: char| if letter.is_ascii_uppercase() { other.to_ascii_uppercase() } else { other };
    ROWS.iter().flat_map(|row| row.chars()).filter(near).map(of_case).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_touch_and_are_neighbours_of_each_other() {
        assert_eq!(neighbours('g'), ['t', 'y', 'f', 'h', 'v', 'b']);
        assert_eq!(neighbours('Q'), ['W', 'A']);
        assert!(neighbours('é').is_empty());
        for letter in 'a'..='z' {
            assert!(neighbours(letter).iter().all(|&other| neighbours(other).contains(&letter)), "{letter}");
        }
    }
}
