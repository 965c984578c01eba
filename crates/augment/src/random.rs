//! Random numbers by counter: a draw depends on the key alone, never on threads or on earlier draws.
//!
//! Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3"): a block cipher in little, which turns
//! a counter of 128 bits and a key of 64 into 128 random bits.

use crate::vectorised::vectorised;

/// Which draw this is: the same key always gives the same pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Key {
    /// Of the whole run.
    pub seed: u64,
    /// Number of the image in its data set.
    pub sample: u64,
    /// How often the image was seen before.
    pub epoch: u32,
}

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];
const ROUNDS: usize = 10;
/// Keeps the streams of pixels apart from the draws of operators.
const PIXELS: u32 = 0x7069_7865;

/// `L` blocks at once; lane `i` of the four words is one block.
#[inline(always)]
fn philox<const L: usize>(mut counter: [[u32; L]; 4], mut key: [u32; 2]) -> [[u32; L]; 4] {
    for _ in 0..ROUNDS {
        let mut next = [[0; L]; 4];
        for i in 0..L {
            let products = [0, 1].map(|half| u64::from(counter[2 * half][i]) * u64::from(MULTIPLIERS[half]));
            let [(high0, low0), (high1, low1)] = products.map(|product| ((product >> 32) as u32, product as u32));
            next[0][i] = high1 ^ counter[1][i] ^ key[0];
            next[1][i] = low1;
            next[2][i] = high0 ^ counter[3][i] ^ key[1];
            next[3][i] = low0;
        }
        counter = next;
        key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
    }
    counter
}

/// Blocks of [`words`], computed side by side.
const LANES: usize = 16;
/// Random words that [`words`] gives.
pub(crate) const WORDS: usize = 4 * LANES;

/// The `number`-th group of random words of a stream, for operators that need one a pixel.
pub(crate) fn words(stream: u32, number: u32) -> [u32; WORDS] {
    let mut out = [0; WORDS];
    fill(stream, number, &mut out);
    out
}

vectorised! {
    fn fill(stream: u32, number: u32, out: &mut [u32; WORDS]) {
        let first = u64::from(number) * LANES as u64;
        let mut counter = [[0; LANES]; 4];
        let [low, high, ..] = &mut counter;
        for (lane, (low, high)) in low.iter_mut().zip(high).enumerate() {
            let block = first + lane as u64;
            (*low, *high) = (block as u32, (block >> 32) as u32);
        }
        let found = philox(counter, [stream, PIXELS]);
        for (part, word) in out.chunks_exact_mut(LANES).zip(found) {
            part.copy_from_slice(&word);
        }
    }
}

/// The draws of one operator for one sample: an image, or a text.
#[derive(Clone, Debug)]
pub struct Draws {
    key: [u32; 2],
    counter: [u32; 4],
    block: [u32; 4],
    used: usize,
    /// Magnitudes are the strength itself instead of anything up to it.
    pub exact: bool,
}

impl Draws {
    /// `operator` is its number in the policy, below 65,536.
    pub fn new(key: Key, operator: u32) -> Self {
        let halves = |value: u64| [value as u32, (value >> 32) as u32];
        let [low, high] = halves(key.sample);
        Self {
            key: halves(key.seed),
            counter: [operator << 16, key.epoch, low, high],
            block: [0; 4],
            used: 4,
            exact: false,
        }
    }

    /// 32 random bits.
    pub fn word(&mut self) -> u32 {
        if self.used == 4 {
            self.block = philox(self.counter.map(|word| [word]), self.key).map(|[word]| word);
            self.counter[0] = self.counter[0].wrapping_add(1);
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    /// 0 to 1, without 1.
    pub fn unit(&mut self) -> f64 {
        f64::from(self.word()) / (1u64 << 32) as f64
    }

    /// True with this probability; 0 is never, 1 is always.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// 0 to `count` - 1; 0 where there is nothing to choose.
    pub fn below(&mut self, count: u32) -> u32 {
        ((u64::from(self.word()) * u64::from(count)) >> 32) as u32
    }

    /// Between the two.
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// 0 to `most`, or `most` where magnitudes are exact.
    pub fn amount(&mut self, most: f64) -> f64 {
        let unit = self.unit();
        most * if self.exact { 1.0 } else { unit }
    }

    /// -`most` to `most`, or one of these two where magnitudes are exact.
    pub fn signed(&mut self, most: f64) -> f64 {
        let side = 2.0 * self.unit() - 1.0;
        most * if self.exact { if side < 0.0 { -1.0 } else { 1.0 } } else { side }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(counter: [u32; 4], key: [u32; 2]) -> [u32; 4] {
        philox(counter.map(|word| [word]), key).map(|[word]| word)
    }

    #[test]
    fn philox_gives_the_published_answers() {
        // kat_vectors of Random123, "philox4x32 10".
        let ones = u32::MAX;
        assert_eq!(block([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(block([ones; 4], [ones; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            block([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn many_blocks_at_once_are_the_blocks_one_by_one() {
        let together = words(7, 3);
        for lane in 0..LANES {
            let alone = block([(3 * LANES + lane) as u32, 0, 0, 0], [7, PIXELS]);
            assert_eq!([0, 1, 2, 3].map(|word| together[word * LANES + lane]), alone);
        }
    }

    #[test]
    fn seed_sample_epoch_and_operator_each_decide() {
        let first = |key, operator| Draws::new(key, operator).word();
        let key = Key { seed: 1, sample: 2, epoch: 3 };
        let others = [
            first(Key { seed: 9, ..key }, 4),
            first(Key { sample: 9, ..key }, 4),
            first(Key { sample: 2 | 1 << 40, ..key }, 4),
            first(Key { epoch: 9, ..key }, 4),
            first(key, 5),
        ];
        assert_eq!(first(key, 4), first(key, 4));
        assert!(others.iter().all(|other| *other != first(key, 4)));
    }

    #[test]
    fn draws_are_spread_evenly() {
        let mut draws = Draws::new(Key::default(), 0);
        let mut counts = [0; 10];
        (0..10_000).for_each(|_| counts[draws.below(10) as usize] += 1);
        assert!(counts.iter().all(|count| (900..1100).contains(count)), "{counts:?}");
        let mean = (0..10_000).map(|_| draws.signed(1.0)).sum::<f64>() / 10_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
    }
}
