//! Purchase intent of the visit in which each list was shown: the input of the feature group `intent`.

use anyhow::{Context, anyhow, bail};
use burn::tensor::Device;
use windowshop_features::{TableReader, VisitEvent, Visits, visit};
use windowshop_ingest::{Dataset, List};
use windowshop_schema::IntentNetwork;

use crate::{
    intent::{learner::probabilities, model::IntentModel, visits},
    run::TrainedOn,
};

/// Fails unless the network is an ensemble that reads visits, as the engine requires.
pub fn check(model: &IntentModel) -> anyhow::Result<()> {
    if model.card.visit.is_none() {
        bail!(
            "this network reads table rows, not visits: train one on an event log, with rows = \"visits\" if there is also a table"
        );
    }
    if model.card.model.network != IntentNetwork::Ensemble {
        bail!("model.network {:?}: the engine runs the ensemble only: train one", model.card.model.network);
    }
    Ok(())
}

/// P(the visit of each list ends in a purchase), from the visitor's events before the list. `None` for lists without a known visitor or time,
/// lists without an earlier event in the visit, and visitors in `trained_on`.
pub fn of_lists(
    dataset: &Dataset,
    lists: &[&List],
    model: &IntentModel,
    trained_on: Option<&TrainedOn>,
    device: &Device,
) -> anyhow::Result<Vec<Option<f32>>> {
    check(model)?;
    let visits = Visits::new(model.card.visit.as_ref().context("the network reads visits")?)?;
    let events: Vec<Vec<VisitEvent<'_>>> =
        dataset.visitors.iter().map(|visitor| visits::events(dataset, visitor)).collect();
    let row = |list: &List| {
        let (user, now_ms) = (list.user.as_deref()?, list.time_ms? as f64);
        if trained_on.is_some_and(|trained_on| trained_on.includes(&dataset.fingerprint, user)) {
            return None;
        }
        let visitor = dataset.visitors.binary_search_by(|visitor| visitor.user.as_str().cmp(user)).ok()?;
        let before = events[visitor].partition_point(|event| event.time_ms < now_ms);
        let earlier = &events[visitor][..before];
        if visits.is_pause(earlier.last()?.time_ms, now_ms) {
            return None;
        }
        visits.row(earlier)
    };
    let rows: Vec<_> = lists.iter().map(|list| row(list)).collect();
    let known: Vec<_> = rows.iter().flatten().copied().collect();
    let columns = visit::table(&known);
    let reader = TableReader::new(&model.card.table, &columns)
        .map_err(|name| anyhow!("the network reads a column `{name}`, which visits do not have"))?;
    let all: Vec<usize> = (0..known.len()).collect();
    let (kind, classes) = (model.card.model.network, model.card.classes.len());
    let probabilities = probabilities(&model.network, kind, &reader, &all, model.card.temperature, device);
    // The last class is the purchase.
    let mut purchase = probabilities.chunks_exact(classes).map(|row| row[classes - 1]);
    Ok(rows.iter().map(|row| row.and_then(|_| purchase.next())).collect())
}
