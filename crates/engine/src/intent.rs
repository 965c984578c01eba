//! Purchase intent of a row or a visit on the CPU: the same computation as the ensemble of `windowshop_model::Intent`, on the
//! fused kernel.

use std::collections::BTreeMap;

use windowshop_bundle::NetworkFile;
use windowshop_features::{Items, TableReader, TableShape, visit};
use windowshop_kernels::{Dense, padded};
use windowshop_schema::{
    NetworkKind,
    manifest::IntentCard,
    table::{CategoricalColumn, Cells, TableColumn},
};

use crate::{
    error::EngineError,
    profile::ProfileEvent,
    softmax::{argmax, softmax},
    visit::VisitReader,
    weights::Weights,
};

/// A cell that a page passes.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A boolean.
    Flag(bool),
    /// A number.
    Number(f64),
    /// A category.
    Name(String),
}

/// The intent network.
pub struct Intent {
    card: IntentCard,
    visit: Option<VisitReader>,
    shape: TableShape,
    curves: Vec<f32>,     // [numbers, pieces, number_dim]
    curve_bias: Vec<f32>, // [numbers * number_dim]
    vectors: Vec<f32>,    // [rows, category_dim]
    layers: Vec<MemberLinear>,
    output: Vec<Dense>, // one per member
}

/// A linear layer whose weights the members share (BatchEnsemble).
struct MemberLinear {
    shared: Dense,
    before: Vec<f32>, // [members, inputs]
    after: Vec<f32>,  // [members, outputs]
    bias: Vec<f32>,   // [members, outputs]
}

impl Intent {
    /// Packs the weights of a network.
    ///
    /// # Errors
    /// [`EngineError::Weights`] for shapes that do not fit each other and for the baseline, and those of [`VisitReader::load`].
    pub fn load(file: &NetworkFile) -> Result<Self, EngineError> {
        let all = Weights { kind: NetworkKind::Intent.name(), tensors: &file.weights };
        let card: IntentCard =
            serde_json::from_str(&file.card).map_err(|error| all.fault("card", &error.to_string()))?;
        let shape = TableShape::of(&card.table);
        let values = |name: &str, rank: usize, exists: bool| match exists {
            true => all.tensor(name, rank).map(|(_, values)| values.to_vec()),
            false => Ok(Vec::new()),
        };
        let (members_shape, output) = all.tensor("Ensemble.output", 3)?;
        let (members, hidden, classes) = (members_shape[0], members_shape[1], members_shape[2]);
        let output_bias = all.tensor("Ensemble.output_bias", 2)?.1;
        all.expect(&[
            ("output", classes, card.classes.len()),
            ("output", hidden, card.model.hidden_dim),
            ("output_bias", output_bias.len(), members * classes),
        ])?;
        let head = |(weight, bias): (&[f32], &[f32])| Dense::new(weight, Some(bias), hidden, classes);
        let intent = Self {
            visit: card.visit.as_ref().map(|spec| VisitReader::load(spec, &card.table, file)).transpose()?,
            curves: values("Ensemble.curves", 3, shape.numbers > 0)?,
            curve_bias: values("Ensemble.curve_bias", 2, shape.numbers > 0)?,
            vectors: values("Ensemble.vectors", 2, shape.names > 0)?,
            layers: (0..card.model.layers).map(|i| MemberLinear::load(&all, i, members)).collect::<Result<_, _>>()?,
            output: output.chunks_exact(hidden * classes).zip(output_bias.chunks_exact(classes)).map(head).collect(),
            shape,
            card,
        };
        intent.check(&all)?;
        Ok(intent)
    }

    fn check(&self, all: &Weights<'_>) -> Result<(), EngineError> {
        let (model, shape) = (&self.card.model, self.shape);
        let embedded = shape.numbers * model.number_dim + shape.names * model.category_dim;
        all.expect(&[
            ("curves", self.curves.len(), shape.numbers * shape.pieces * model.number_dim),
            ("curve_bias", self.curve_bias.len(), shape.numbers * model.number_dim),
            ("vectors", self.vectors.len(), if shape.names > 0 { shape.rows * model.category_dim } else { 0 }),
        ])?;
        let mut inputs = embedded;
        for layer in &self.layers {
            all.expect(&[("layers", layer.shared.inputs(), inputs)])?;
            inputs = layer.shared.outputs();
        }
        all.expect(&[("layers", inputs, model.hidden_dim)])
    }

    /// The network's card.
    pub fn card(&self) -> &IntentCard {
        &self.card
    }

    /// The probability of each class, `[classes]`. Columns that `row` lacks are missing cells; unknown columns are ignored.
    pub fn predict(&self, row: &BTreeMap<String, Cell>) -> Vec<f32> {
        self.predict_table(&self.columns(row))
    }

    /// The probability of each class for the visit that is current at `now_ms`. `profile` has the visitor's events, oldest first.
    ///
    /// # Errors
    /// [`EngineError::NeedsRow`] for a network that reads rows, [`EngineError::EmptyVisit`].
    pub fn predict_visit(
        &self,
        profile: &[ProfileEvent],
        registered: &Items,
        now_ms: f64,
    ) -> Result<Vec<f32>, EngineError> {
        let visit = self.visit.as_ref().ok_or_else(|| EngineError::NeedsRow { columns: self.column_names() })?;
        let row = visit.row(profile, registered, now_ms).ok_or(EngineError::EmptyVisit)?;
        Ok(self.predict_table(&visit::table(&[row])))
    }

    fn column_names(&self) -> String {
        let numeric = self.card.table.numeric.iter().map(|column| column.name.as_str());
        numeric
            .chain(self.card.table.categorical.iter().map(|column| column.name.as_str()))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// The prediction for a table of one row.
    fn predict_table(&self, columns: &[TableColumn]) -> Vec<f32> {
        let reader = TableReader::new(&self.card.table, columns).expect("the table has every column of the spec");
        let embedded = self.embed(&reader);
        let members = self.output.len();
        let stride = padded(embedded.len());
        let mut x = vec![0.0; members * stride];
        x.chunks_exact_mut(stride).for_each(|member| member[..embedded.len()].copy_from_slice(&embedded));
        for layer in &self.layers {
            x = layer.forward(x);
        }
        let stride = x.len() / members;
        let mut mean = vec![0.0; self.card.classes.len()];
        let mut scores = Vec::new();
        for (head, member) in self.output.iter().zip(x.chunks_exact(stride)) {
            head.forward(member, false, &mut scores);
            let scores = &mut scores[..mean.len()];
            softmax(scores);
            mean.iter_mut().zip(scores).for_each(|(sum, probability)| *sum += *probability / members as f32);
        }
        mean.iter_mut().for_each(|p| *p = p.max(f32::MIN_POSITIVE).ln() / self.card.temperature);
        softmax(&mut mean);
        mean
    }

    /// Index of the predicted class: with two classes the second from the card's threshold, else the argmax after the card's
    /// class weights.
    pub fn predicted_class(&self, probabilities: &[f32]) -> usize {
        if let [_, second] = probabilities {
            return usize::from(*second >= self.card.threshold);
        }
        let weights = self.card.class_weights.iter().copied().chain(std::iter::repeat(1.0));
        let weighted: Vec<f32> = probabilities.iter().zip(weights).map(|(p, weight)| p * weight).collect();
        argmax(&weighted)
    }

    /// The row as a table.
    fn columns(&self, row: &BTreeMap<String, Cell>) -> Vec<TableColumn> {
        let number = |name: &String| match row.get(name) {
            Some(Cell::Number(value)) => *value as f32,
            Some(Cell::Flag(flag)) => f32::from(*flag),
            Some(Cell::Name(text)) => text.trim().parse().unwrap_or(f32::NAN),
            None => f32::NAN,
        };
        // Training data may write `True` or `TRUE`.
        let flag = |column: &CategoricalColumn, flag: bool| {
            let word = if flag { "true" } else { "false" };
            column.values.iter().find(|value| value.eq_ignore_ascii_case(word)).cloned()
        };
        let name = |column: &CategoricalColumn| match row.get(&column.name)? {
            Cell::Number(value) => Some((*value as f32).to_string()),
            Cell::Flag(value) => flag(column, *value),
            Cell::Name(text) => Some(text.clone()),
        };
        let numeric = self.card.table.numeric.iter();
        let numeric = numeric
            .map(|column| TableColumn { name: column.name.clone(), cells: Cells::Numbers(vec![number(&column.name)]) });
        let categorical = self.card.table.categorical.iter();
        let categorical = categorical
            .map(|column| TableColumn { name: column.name.clone(), cells: Cells::Names(vec![name(column)]) });
        numeric.chain(categorical).collect()
    }

    /// Piecewise linear encodings of numbers, then embeddings of categories.
    fn embed(&self, reader: &TableReader<'_>) -> Vec<f32> {
        let (mut pieces, mut names) = (Vec::new(), Vec::new());
        reader.pieces(0, &mut pieces);
        reader.names(0, &mut names);
        let mut embedded = self.curve_bias.clone();
        let width = self.card.model.number_dim;
        for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| **piece != 0.0) {
            let number = at / self.shape.pieces;
            let out = &mut embedded[number * width..][..width];
            out.iter_mut().zip(&self.curves[at * width..]).for_each(|(sum, weight)| *sum += piece * weight);
        }
        let width = self.card.model.category_dim;
        for name in names {
            embedded.extend_from_slice(&self.vectors[name as usize * width..][..width]);
        }
        embedded
    }
}

impl MemberLinear {
    fn load(all: &Weights<'_>, number: usize, members: usize) -> Result<Self, EngineError> {
        let name = |field: &str| format!("Ensemble.layers.{number}.{field}");
        let (shape, weight) = all.tensor(&name("weight"), 2)?;
        let (inputs, outputs) = (shape[0], shape[1]);
        let values = |field: &str| all.tensor(&name(field), 2).map(|(_, values)| values.to_vec());
        let layer = Self {
            shared: Dense::new(weight, None, inputs, outputs),
            before: values("before")?,
            after: values("after")?,
            bias: values("bias")?,
        };
        all.expect(&[
            ("layers.before", layer.before.len(), members * inputs),
            ("layers.after", layer.after.len(), members * outputs),
            ("layers.bias", layer.bias.len(), members * outputs),
        ])?;
        Ok(layer)
    }

    /// # Shapes
    /// - `x` `[members, padded(inputs)]`, output `[members, padded(outputs)]`
    fn forward(&self, mut x: Vec<f32>) -> Vec<f32> {
        let (inputs, outputs) = (self.shared.inputs(), self.shared.outputs());
        for (row, before) in x.chunks_exact_mut(padded(inputs)).zip(self.before.chunks_exact(inputs)) {
            row.iter_mut().zip(before).for_each(|(value, factor)| *value *= factor);
        }
        let mut out = Vec::new();
        self.shared.forward(&x, false, &mut out);
        let rows = out.chunks_exact_mut(padded(outputs));
        let factors = self.after.chunks_exact(outputs).zip(self.bias.chunks_exact(outputs));
        for (row, (after, bias)) in rows.zip(factors) {
            for ((value, factor), bias) in row.iter_mut().zip(after).zip(bias) {
                *value = (*value * factor + bias).max(0.0);
            }
        }
        out
    }
}
