//! How likely visits were to end in a purchase when lists were shown: what the group `intent` is computed from.

use anyhow::{Context, anyhow, bail};
use burn::tensor::Device;
use windowshop_features::{TableReader, VisitEvent, Visits, visit};
use windowshop_ingest::{Dataset, List};
use windowshop_schema::IntentNetwork;

use crate::{
    intent::{learner::probabilities, model::IntentModel, visits},
    run::TrainedOn,
};

/// Refuses a network that cannot say so of a page's visitor.
pub fn check(model: &IntentModel) -> anyhow::Result<()> {
    if model.card.visit.is_none() {
        bail!(
            "this network reads rows, not visits: train one on an event log, with rows = \"visits\" where there is a table too"
        );
    }
    if model.card.model.network != IntentNetwork::Ensemble {
        bail!("model.network {:?}: a page has the ensemble alone: train one", model.card.model.network);
    }
    Ok(())
}

/// For each list how likely the visit in which it was shown was to end in a purchase, from what the visitor had done before.
/// Nothing for a list of which no visitor or time is known, for one that was shown before anything was done in the visit, and
/// for visitors that the network has `learned` from.
pub fn of_lists(
    dataset: &Dataset,
    lists: &[&List],
    model: &IntentModel,
    learned: Option<&TrainedOn>,
    device: &Device,
) -> anyhow::Result<Vec<Option<f32>>> {
    check(model)?;
    let visits = Visits::new(model.card.visit.as_ref().context("a network of visits")?)?;
    let events: Vec<Vec<VisitEvent<'_>>> =
        dataset.visitors.iter().map(|visitor| visits::events(dataset, visitor)).collect();
    let row = |list: &List| {
        let (user, now_ms) = (list.user.as_deref()?, list.time_ms? as f64);
        if learned.is_some_and(|learned| learned.includes(&dataset.fingerprint, user)) {
            return None;
        }
        let visitor = dataset.visitors.binary_search_by(|visitor| visitor.user.as_str().cmp(user)).ok()?;
        let before = events[visitor].partition_point(|event| event.time_ms < now_ms);
        let done = &events[visitor][..before];
        if visits.is_pause(done.last()?.time_ms, now_ms) {
            return None;
        }
        visits.row(done)
    };
    let rows: Vec<_> = lists.iter().map(|list| row(list)).collect();
    let known: Vec<_> = rows.iter().flatten().copied().collect();
    let columns = visit::table(&known);
    let reader = TableReader::new(&model.card.table, &columns)
        .map_err(|name| anyhow!("the network reads a column `{name}`, which visits have not"))?;
    let all: Vec<usize> = (0..known.len()).collect();
    let (kind, classes) = (model.card.model.network, model.card.classes.len());
    let said = probabilities(&model.network, kind, &reader, &all, model.card.temperature, device);
    // The last class is the purchase.
    let mut likely = said.chunks_exact(classes).map(|row| row[classes - 1]);
    Ok(rows.iter().map(|row| row.and_then(|_| likely.next())).collect())
}
