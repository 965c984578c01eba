//! `trainer train tabular`

use anyhow::{Context, bail};
use burn::{module::Module, tensor::Device};
use serde_json::json;
use windowshop_model::{
    Tabular,
    weights::{self, Weights},
};
use windowshop_schema::{IntentRows, TabularConfig, TabularTrainConfig, manifest::ModelCard, store::Train};

use super::{estimate_rows, event};
use crate::{
    config,
    intent::{
        rows::{Rows, Splits, kept_columns, last_period},
        source::Source,
    },
    learning::optimise::Training,
    progress::Progress,
    run::TABULAR_FILE,
    tabular::{
        codes::{self, ColumnCodes},
        fidelity::Fidelity,
        learner::{CodedRows, TabularLearner},
        model::{self, TabularCard, TabularModel},
    },
    task::{Description, Job, Outcome, Output, Task, TaskName},
};

/// Rows of a table as codes.
pub struct TabularTask {
    classes: Vec<String>,
    columns: Vec<ColumnCodes>,
    train: CodedRows,
    validation: CodedRows,
    test: CodedRows,
}

impl TabularTask {
    /// The number of codes of each column.
    fn code_counts(&self) -> Vec<usize> {
        self.columns.iter().map(ColumnCodes::len).collect()
    }
}

impl Task for TabularTask {
    const NAME: TaskName = TaskName::Tabular;
    type Config = TabularTrainConfig;
    type Network = Tabular;
    type Trained = Weights;

    fn settings(store: &Train) -> &TabularTrainConfig {
        &store.tabular
    }

    fn check(config: &TabularTrainConfig) -> anyhow::Result<()> {
        let TabularConfig { latent_dim, hidden_dim, layers, dropout } = config.model;
        if [latent_dim, hidden_dim, layers, config.bins].contains(&0) {
            bail!(
                "model: latent_dim {latent_dim}, hidden_dim {hidden_dim}, layers {layers}; bins {}: expected at least 1 each",
                config.bins
            );
        }
        config::check_share("model.dropout", dropout)?;
        for (name, weight) in [("kl_weight", config.kl_weight), ("adversarial_weight", config.adversarial_weight)] {
            if weight < 0.0 || !weight.is_finite() {
                bail!("{name} {weight}: expected 0 or more");
            }
        }
        Ok(())
    }

    fn prepare(job: &Job<'_, Self>) -> anyhow::Result<Self> {
        let Job { args, dataset, config, cut, .. } = job;
        let source =
            Source::new(dataset, IntentRows::Table, false).with_context(|| args.training.data.display().to_string())?;
        let table = source.table.as_ref();
        job.refuse_folds(last_period(table).is_some(), "these rows are cut by time")?;
        let rows = Rows::new(table, &source.classes)?;
        let mut splits = Splits::new(table, &rows, cut)?;
        splits.limit_per_class(&rows, config.samples_per_class, args.seed);
        let columns = kept_columns(table, &config.features.exclude)?;
        let codes = codes::fit(&columns, &splits.train, config.bins);
        let coded = |part: &[usize]| CodedRows::new(&codes, &columns, part, rows.labels(part));
        let [train, validation, test] = [&splits.train, &splits.validation, &splits.test].map(|part| coded(part));
        Ok(Self { classes: rows.classes, columns: codes, train, validation, test })
    }

    fn init(&self, job: &Job<'_, Self>, device: &Device) -> Tabular {
        Tabular::init(&job.config.model, &self.code_counts(), self.classes.len(), device)
    }

    fn estimate(&self, job: &Job<'_, Self>, start: &Tabular) -> String {
        estimate_rows(&job.schedule, self.train.len(), start.num_params())
    }

    fn description(&self, _job: &Job<'_, Self>) -> Description {
        let counts = self.code_counts();
        Description {
            sizes: [self.train.len(), self.validation.len(), self.test.len()],
            limit: "Its rows resemble those of the training split; rare combinations may be missing.",
            event: event([
                ("classes", json!(self.classes)),
                ("columns", json!(counts.len())),
                ("codes", json!(counts.iter().sum::<usize>())),
            ]),
            ..Description::default()
        }
    }

    fn train(
        &self,
        job: &Job<'_, Self>,
        training: &Training<'_>,
        start: &Tabular,
        progress: &mut Progress,
    ) -> anyhow::Result<Weights> {
        let learner = TabularLearner {
            config: &job.config,
            train: &self.train,
            validation: &self.validation,
            classes: self.classes.len(),
            device: &job.device,
        };
        training.run(&learner, start.clone(), progress)
    }

    fn evaluate(self, job: &Job<'_, Self>, start: &Tabular, best: Weights, card: ModelCard) -> anyhow::Result<Outcome> {
        let args = job.args;
        let Self { classes, columns, train, test, .. } = self;
        let card = TabularCard { model: job.config.model.clone(), classes, columns, card };
        let bytes = model::encode(&card, &best)?;
        let network = weights::load(Module::valid(start), &best, &job.device)?;
        let model = TabularModel { card, network, bytes: bytes.len() as u64 };
        let generated = model.generate_like(&test, args.seed, &job.device);
        let fidelity = Fidelity { train: &train, held_out: &test, generated: &generated };
        Ok(Outcome {
            output: Output::File(TABULAR_FILE, bytes),
            test: Some(fidelity.to_json(args.seed)),
            next: format!(
                "trainer train intent --data {} --out RUN --seed {} --set generated={}",
                args.training.data.display(),
                args.seed,
                args.out.display()
            ),
        })
    }
}
