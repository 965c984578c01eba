//! Off-policy evaluation: the value of a policy, estimated from a log of another policy.
//!
//! | estimator | source | assumes |
//! |---|---|---|
//! | direct method | | a model of rewards |
//! | inverse propensity scoring (IPS) | Horvitz & Thompson 1952 | logged propensities; high variance where the policies differ |
//! | self-normalised IPS | Swaminathan & Joachims 2015 | the same; slightly biased, lower variance |
//! | doubly robust (DR) | Dudík, Langford & Li 2011 | either of the two |
//!
//! A round is one action in one context: an item in a slot, say. Lists with several slots are rounds of one unit, each with the
//! propensity of its item in its slot (the item-position model of Li et al. 2018); a list's value is then that of its rounds together.

mod estimates;
mod open_bandit;
mod policy;
mod reward;
mod rounds;

pub use estimates::{OffPolicy, OffPolicySettings, evaluate_policy};
pub use open_bandit::read_open_bandit;
pub use policy::Policy;
pub use reward::{CrossFittedMeans, RewardModel};
pub use rounds::{Round, RoundLog};
