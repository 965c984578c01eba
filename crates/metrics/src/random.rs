//! Counter-based random numbers: a value depends on its key and its counter alone, not on threads or order.

use windowshop_features::hash::combine;

/// A uniform number in [0, 1).
pub fn uniform(key: u64, counter: u64) -> f64 {
    (combine(key, counter) >> 11) as f64 / (1u64 << 53) as f64
}

/// A uniform integer in `0..bound`; `bound` is at least 1.
pub fn below(key: u64, counter: u64, bound: usize) -> usize {
    (uniform(key, counter) * bound as f64) as usize
}

/// An independent key derived from `key`, for example one per visitor.
pub fn subkey(key: u64, index: u64) -> u64 {
    combine(combine(key, 0x7061_7274), index)
}

/// A sequence of random numbers: each draw uses the next counter of one key.
#[derive(Clone, Debug)]
pub struct Stream {
    key: u64,
    counter: u64,
}

impl Stream {
    /// Starts at the first counter of `key`.
    pub fn new(key: u64) -> Self {
        Self { key, counter: 0 }
    }

    /// A uniform number in [0, 1).
    pub fn uniform(&mut self) -> f64 {
        self.counter += 1;
        uniform(self.key, self.counter)
    }

    /// True with this probability.
    pub fn bernoulli(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A uniform integer in `0..bound`; `bound` is at least 1.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.uniform() * bound as f64) as usize
    }

    /// A standard normal number (Box & Muller 1958).
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.uniform()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

/// A categorical distribution over indices, by weight.
#[derive(Clone, Debug)]
pub struct Categorical {
    cumulative: Vec<f64>,
}

impl Categorical {
    /// Weights are finite and at least 0; `None` if none is above 0.
    pub fn new(weights: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sum = 0.0;
        let cumulative: Vec<f64> = weights
            .into_iter()
            .map(|weight| {
                sum += weight;
                sum
            })
            .collect();
        (sum > 0.0).then_some(Self { cumulative })
    }

    /// An index, in proportion to its weight; never one of weight 0.
    pub fn sample(&self, stream: &mut Stream) -> usize {
        let at = stream.uniform() * self.cumulative[self.cumulative.len() - 1];
        self.cumulative.partition_point(|&sum| sum <= at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_counters_and_keys_give_uniform_uncorrelated_numbers() {
        let n = 20_000u64;
        let mean = (0..n).map(|i| uniform(7, i)).sum::<f64>() / n as f64;
        let lag = (0..n).map(|i| (uniform(7, i) - 0.5) * (uniform(7, i + 1) - 0.5)).sum::<f64>() / n as f64;
        let keys = (0..n).map(|i| (uniform(i, 3) - 0.5) * (uniform(i + 1, 3) - 0.5)).sum::<f64>() / n as f64;
        assert!((mean - 0.5).abs() < 0.008, "{mean}");
        assert!(lag.abs() < 0.002 && keys.abs() < 0.002, "{lag} {keys}");
        assert!((0..n).all(|i| below(9, i, 3) < 3));
    }

    #[test]
    fn indices_are_sampled_in_proportion_to_their_weight() {
        let categorical = Categorical::new([0.0, 3.0, 1.0, 0.0]).unwrap();
        let mut stream = Stream::new(1);
        let drawn: Vec<usize> = (0..8_000).map(|_| categorical.sample(&mut stream)).collect();
        let share = |index: usize| drawn.iter().filter(|&&drawn| drawn == index).count() as f64 / 8_000.0;
        assert!(share(0) == 0.0 && share(3) == 0.0 && (share(1) - 0.75).abs() < 0.02, "{} {}", share(1), share(2));
        let normals: Vec<f64> = (0..8_000).map(|_| stream.normal()).collect();
        let moment = |power: i32| normals.iter().map(|x| x.powi(power)).sum::<f64>() / 8_000.0;
        assert!(moment(1).abs() < 0.04 && (moment(2) - 1.0).abs() < 0.06 && (moment(4) - 3.0).abs() < 0.4);
        assert!(Categorical::new([0.0, 0.0]).is_none() && Categorical::new([]).is_none());
    }
}
