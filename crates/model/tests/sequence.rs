//! Properties of every sequence network.

use burn::{
    module::Module,
    optim::{AdamWConfig, GradientsParams},
    tensor::Device,
};
use windowshop_model::{Negatives, Sequence, SequenceBatch, weights};
use windowshop_schema::{SequenceConfig, SequenceNetwork, Vectors};

const NETWORKS: [SequenceNetwork; 3] = [SequenceNetwork::Attention, SequenceNetwork::Gru, SequenceNetwork::Graph];
const ITEMS: usize = 40;
const DIM: usize = 16;
const MAX_ITEMS: usize = 6;

fn network(network: SequenceNetwork, device: &Device) -> Sequence {
    let config = SequenceConfig { network, embedding_dim: DIM, max_items: MAX_ITEMS, dropout: 0.0 };
    let start = Vectors { dim: DIM, values: (0..ITEMS * DIM).map(|i| (i as f32 * 1.7).sin()).collect() };
    device.seed(7);
    Sequence::init(&config, &start, device)
}

/// Thirty-two distinct sessions of at least two of seven items; the next item depends on their order.
fn sessions() -> Vec<(Vec<u32>, i32)> {
    (0..32u32).map(|i| ((0..2 + i % 3).map(|k| (i * 5 + k * (1 + i / 7)) % 7).collect(), 7 + i as i32)).collect()
}

fn embeddings(network: &Sequence, sessions: &[&[u32]], device: &Device) -> Vec<f32> {
    network.forward(&SequenceBatch::new(sessions, MAX_ITEMS, device)).into_data().try_to_vec::<f32>().unwrap()
}

#[test]
fn sessions_have_unit_length_and_an_empty_session_is_zero() {
    let device = Device::flex();
    for kind in NETWORKS {
        let network = network(kind, &device);
        let batch = SequenceBatch::new(&[&[3, 4, 3], &[], &[5]], MAX_ITEMS, &device);
        assert_eq!(network.forward(&batch).dims(), [3, DIM], "{kind:?}");
        assert_eq!(network.all_items().dims(), [ITEMS, DIM]);
        let lengths: Vec<f32> = embeddings(&network, &[&[3, 4, 3], &[], &[5]], &device)
            .chunks(DIM)
            .map(|vector| vector.iter().map(|value| value * value).sum::<f32>())
            .collect();
        assert!((lengths[0] - 1.0).abs() < 1e-4 && (lengths[2] - 1.0).abs() < 1e-4, "{kind:?}: {lengths:?}");
        assert_eq!(lengths[1], 0.0, "{kind:?}: an empty session");
    }
}

#[test]
fn padding_never_changes_a_session() {
    let device = Device::flex();
    for kind in NETWORKS {
        let network = network(kind, &device);
        let alone = embeddings(&network, &[&[3, 4, 3]], &device);
        let padded = embeddings(&network, &[&[9, 8, 7, 6, 5, 4], &[3, 4, 3]], &device);
        for (a, b) in alone.iter().zip(&padded[DIM..]) {
            assert!((a - b).abs() < 1e-5, "{kind:?}: {a} alone, {b} beside a longer session");
        }
    }
}

#[test]
fn a_long_session_is_truncated_to_its_most_recent_items() {
    let device = Device::flex();
    for kind in NETWORKS {
        let network = network(kind, &device);
        let long: Vec<u32> = (0..30).collect();
        let found = embeddings(&network, &[&long], &device);
        assert_eq!(found, embeddings(&network, &[&long[30 - MAX_ITEMS..]], &device), "{kind:?}");
        assert_ne!(found, embeddings(&network, &[&long[..MAX_ITEMS]], &device), "{kind:?}");
    }
}

#[test]
fn adjacency_is_row_normalised_and_a_repeated_item_is_one_node() {
    let device = Device::flex();
    let batch = SequenceBatch::new(&[&[1, 2, 1, 3]], MAX_ITEMS, &device);
    let rows = |edges: burn::tensor::Tensor<3>| edges.into_data().try_to_vec::<f32>().unwrap();
    let outgoing = rows(batch.outgoing);
    // From 1, at both positions: half to 2, half to 3. From 2 to 1, divided among its two positions. From 3 nowhere.
    assert_eq!(outgoing[..4], [0.0, 0.5, 0.0, 0.5]);
    assert_eq!(outgoing[8..12], [0.0, 0.5, 0.0, 0.5]);
    assert_eq!(outgoing[4..8], [0.5, 0.0, 0.5, 0.0]);
    assert_eq!(outgoing[12..], [0.0; 4]);
    assert_eq!(rows(batch.incoming)[12..], [0.5, 0.0, 0.5, 0.0]);
}

#[test]
fn weights_survive_a_round_trip() {
    let device = Device::flex();
    for kind in NETWORKS {
        let first = network(kind, &device);
        let saved = weights::save(&first);
        device.seed(8);
        let blank = Vectors { dim: DIM, values: vec![0.0; ITEMS * DIM] };
        let config = SequenceConfig { network: kind, embedding_dim: DIM, max_items: MAX_ITEMS, dropout: 0.0 };
        let second = weights::load(Sequence::init(&config, &blank, &device), &saved, &device).unwrap();
        let shown: [&[u32]; 2] = [&[3, 4, 3], &[5]];
        assert_eq!(embeddings(&first, &shown, &device), embeddings(&second, &shown, &device), "{kind:?}");
    }
}

#[test]
fn thirty_two_sessions_that_differ_in_order_are_memorised() {
    let device = Device::flex();
    let examples = sessions();
    let shown: Vec<&[u32]> = examples.iter().map(|(session, _)| session.as_slice()).collect();
    let next: Vec<i32> = examples.iter().map(|(_, next)| *next).collect();
    let negatives = Negatives { items: (0..ITEMS as i32).collect(), log_expected: vec![0.0; ITEMS] };
    for kind in NETWORKS {
        let training = device.clone().autodiff();
        let mut network = network(kind, &training);
        let mut optimizer = AdamWConfig::new().with_weight_decay(0.0).init();
        let batch = SequenceBatch::new(&shown, MAX_ITEMS, &training);
        for _ in 0..500 {
            let gradients = GradientsParams::from_grads(network.loss(&batch, &next, &negatives).backward(), &network);
            network = optimizer.step(0.01, network, gradients);
        }
        let network = Module::valid(&network);
        let batch = SequenceBatch::new(&shown, MAX_ITEMS, &device);
        let similarity = network.forward(&batch).matmul(network.all_items().transpose());
        let similarity = similarity.into_data().try_to_vec::<f32>().unwrap();
        for (row, next) in similarity.chunks(ITEMS).zip(&next) {
            let best = (0..ITEMS).max_by(|a, b| row[*a].total_cmp(&row[*b])).unwrap();
            assert_eq!(best, *next as usize, "{kind:?}");
        }
    }
}
