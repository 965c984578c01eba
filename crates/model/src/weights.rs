//! A network's weights as named arrays and back: the content of bundles and checkpoints.
//!
//! A name is the path of module fields, list indices and enum variants that leads to a parameter.

use std::collections::BTreeMap;

use burn::{
    module::{Module, ModuleMapper, ModuleVisitor, Param},
    tensor::{Device, Tensor, TensorData},
};

use crate::{error::ModelError, ranker::weight_name};

/// Shape and row-major values of one parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Weight {
    /// Dimensions.
    pub shape: Vec<usize>,
    /// Row-major values.
    pub values: Vec<f32>,
}

/// Parameters by path, such as `item_encoder.layers.0.weight`.
pub type Weights = BTreeMap<String, Weight>;

/// Reads every parameter.
pub fn save<M: Module>(module: &M) -> Weights {
    let mut reader = Reader::default();
    module.visit(&mut reader);
    reader.weights
}

/// Replaces every parameter of `module`.
///
/// # Errors
/// [`ModelError`] where a name is missing or a shape differs. Names that the network does not have are ignored.
pub fn load<M: Module>(module: M, weights: &Weights, device: &Device) -> Result<M, ModelError> {
    // Shapes only: a browser's GPU returns values asynchronously.
    let mut shapes = Shapes::default();
    module.visit(&mut shapes);
    for (name, expected) in shapes.shapes {
        let Some(found) = weights.get(&name) else {
            return Err(ModelError::MissingWeight { name });
        };
        if found.shape != expected {
            return Err(ModelError::WeightShape { name, found: found.shape.clone(), expected });
        }
    }
    Ok(module.map(&mut Writer { weights, device, path: Vec::new() }))
}

#[derive(Default)]
struct Reader {
    path: Vec<String>,
    weights: Weights,
}

impl ModuleVisitor for Reader {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims().to_vec();
        let values = tensor.into_data().try_to_vec::<f32>().expect("parameters are f32");
        self.weights.insert(weight_name(&self.path), Weight { shape, values });
    }
}

#[derive(Default)]
struct Shapes {
    path: Vec<String>,
    shapes: BTreeMap<String, Vec<usize>>,
}

impl ModuleVisitor for Shapes {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.shapes.insert(weight_name(&self.path), param.lazy_shape().to_vec());
    }
}

struct Writer<'a> {
    weights: &'a Weights,
    device: &'a Device,
    path: Vec<String>,
}

impl ModuleMapper for Writer<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let weight = &self.weights[&weight_name(&self.path)];
        let data = TensorData::new(weight.values.clone(), weight.shape.clone());
        // The identifier stays: the optimizer's state is keyed by it.
        let (id, _, mapper) = param.consume();
        let tensor = Tensor::from_data(data, self.device);
        let tensor = if self.device.is_autodiff() { tensor.require_grad() } else { tensor };
        Param::from_mapped_value(id, tensor, mapper)
    }
}
