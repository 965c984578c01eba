//! `trainer train intent`

use anyhow::{Context, anyhow, bail};
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_features::{TableReader, TableShape, table};
use windowshop_metrics::calibration;
use windowshop_model::{
    Intent,
    weights::{self, Weights},
};
use windowshop_schema::{
    IntentConfig, IntentTrainConfig, NetworkKind, VisitSpec,
    manifest::{IntentCard, ModelCard},
    store::Train,
    table::{TableColumn, TableSpec},
};

use super::{estimate_rows, event};
use crate::{
    ablation::expansion,
    config,
    intent::{
        item_index,
        learner::{IntentLearner, predict},
        model,
        rows::{Rows, Splits, kept_columns, last_period},
        source::Source,
    },
    learning::optimise::Training,
    network_file,
    progress::Progress,
    tabular::expand::expand,
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Labelled rows, of a table or of visits, and how the network reads them.
pub struct IntentTask {
    rows: Rows,
    splits: Splits,
    columns: Vec<TableColumn>,
    spec: TableSpec,
    shape: TableShape,
    /// Real training rows.
    real: usize,
    /// How rows are made from visits; `None` for rows of a table.
    visit: Option<VisitSpec>,
}

impl IntentTask {
    fn reader(&self) -> anyhow::Result<TableReader<'_>> {
        reader(&self.spec, &self.columns)
    }
}

fn reader<'a>(spec: &'a TableSpec, columns: &'a [TableColumn]) -> anyhow::Result<TableReader<'a>> {
    TableReader::new(spec, columns).map_err(|name| anyhow!("no column {name}"))
}

impl Task for IntentTask {
    const NAME: TaskName = TaskName::Intent;
    type Config = IntentTrainConfig;
    type Network = Intent;
    type Trained = Weights;

    fn settings(store: &Train) -> &IntentTrainConfig {
        &store.intent
    }

    fn check(config: &IntentTrainConfig) -> anyhow::Result<()> {
        config::check_generated(&config.generated, config.generated_share, config.generated_only)?;
        if config.bins == 0 || config.min_rows == 0 {
            bail!("bins {}, min_rows {}: expected at least 1 each", config.bins, config.min_rows);
        }
        let IntentConfig { number_dim, category_dim, hidden_dim, layers, members, dropout, .. } = config.model;
        if [number_dim, category_dim, hidden_dim, layers, members].contains(&0) {
            bail!(
                "model: number_dim {number_dim}, category_dim {category_dim}, hidden_dim {hidden_dim}, layers {layers}, members {members}: expected at least 1 each"
            );
        }
        if !(0.0..1.0).contains(&dropout) {
            bail!("model.dropout {dropout}: expected a share from 0 to below 1");
        }
        Ok(())
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { args, dataset, config, cut, .. } = job;
        let source = Source::new(dataset, config.rows, config.item_index)
            .with_context(|| args.training.data.display().to_string())?;
        let table = source.table.as_ref();
        job.refuse_folds(last_period(table).is_some(), "these rows are cut by time")?;
        let mut rows = Rows::new(table, &source.classes)?;
        let mut splits = Splits::new(table, &rows, cut)?;
        splits.limit_per_class(&rows, config.samples_per_class, args.seed);
        let mut columns = kept_columns(table, &config.features.exclude)?;
        let spec = table::fit(&columns, &splits.train, config.bins, config.min_rows);
        let real = splits.train.len();
        expand(config, &dataset.fingerprint, *cut, &mut columns, &mut rows, &mut splits, &job.device)?;
        let shape = reader(&spec, &columns)?.shape();
        if shape.numbers + shape.names == 0 {
            bail!("every column is the same in all training rows: expected at least one that tells rows apart");
        }
        let visit = source.visits.map(|(spec, _)| spec);
        Ok(Self { rows, splits, columns, spec, shape, real, visit })
    }

    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Intent {
        Intent::init(&job.config.model, self.rows.classes.len(), self.shape, device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Intent) -> String {
        estimate_rows(&job.schedule, self.splits.train.len(), start.num_params())
    }

    fn description(&self, job: &Job<'_, Self>) -> Description {
        let train = self.splits.train.len();
        // Visits are behaviour, so their visitors may be simulated.
        let simulated = self.visit.as_ref().and_then(|_| expansion::of_behaviour(&job.dataset));
        Description {
            sizes: [&self.splits.train, &self.splits.validation, &self.splits.test].map(|part| part.len()),
            limit: match self.visit {
                Some(_) => {
                    "It predicts visits with at least one event; prices and categories are those at training time unless the page passes its own."
                }
                None => {
                    "A name outside the training data is read as unknown; a number beyond its range, as the nearest bound."
                }
            },
            expansion: expansion::of_rows(&job.config, self.real, train).or(simulated),
            event: event([
                ("real", json!(self.real)),
                ("classes", json!(self.rows.classes)),
                ("numeric", json!(self.shape.numbers)),
                ("categorical", json!(self.shape.names)),
            ]),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Intent,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let reader = self.reader()?;
        let learner = IntentLearner::new(&job.config, &reader, &self.rows, &self.splits, &job.device);
        training.run(&learner, start.clone(), progress)
    }

    fn evaluate(self, job: &Job<'_, Self>, start: &Intent, best: Weights, card: ModelCard) -> anyhow::Result<Outcome> {
        let network = weights::load(Module::valid(start), &best, &job.device)?;
        let (reader, kind) = (self.reader()?, job.config.model.network);
        let predictions =
            |part: &[usize], temperature| predict(&network, kind, &reader, &self.rows, part, temperature, &job.device);
        let temperature = calibration::temperature(&predictions(&self.splits.validation, 1.0));
        let tuned = predictions(&self.splits.validation, temperature).tuned();
        let test = predictions(&self.splits.test, temperature).with_decision_of(&tuned);
        let evaluation = test.evaluate(job.args.seed);
        let card = IntentCard {
            model: job.config.model.clone(),
            classes: self.rows.classes.clone(),
            table: self.spec.clone(),
            visit: self.visit.clone(),
            temperature,
            threshold: tuned.threshold,
            class_weights: tuned.class_weights,
            metrics: evaluation.to_card(),
            card,
        };
        let mut file = model::to_file(&card, &best)?;
        if card.visit.is_some() && job.config.item_index {
            item_index::add(&mut file, &job.dataset.items);
        }
        Ok(Outcome {
            output: Output::Bundle(Box::new(network_file::bundle(NetworkKind::Intent, &job.dataset.name, file))),
            test: Some(evaluation.to_json()),
            next: job.evaluation(),
        })
    }
}
