//! Exports the rows of lists as one table, to train and evaluate other learners on the features of the ranker.

use std::{collections::HashMap, path::Path};

use safetensors::{Dtype, tensor::TensorView};
use serde_json::json;
use windowshop_schema::{Group, manifest::FeatureSpec};

use super::{evaluate::Protocol, lists::PreparedList};

/// Writes safetensors: `features` `[rows, columns]`, `grades` and `scores` `[rows]`, `lengths` `[lists]` (rows of each
/// list, in order; i32). The metadata has the columns' names (`columns`, a JSON array) and the evaluation protocol
/// (`protocol`, a JSON object). The columns are those of the groups that are present in some list, and of the context.
pub fn write(
    path: &Path,
    lists: &[PreparedList],
    scores: &[Vec<f32>],
    spec: &FeatureSpec,
    protocol: Protocol,
) -> anyhow::Result<()> {
    let present = |group: &Group| lists.iter().any(|list| list.input.present[*group as usize]);
    let groups: Vec<Group> = Group::ALL.into_iter().filter(present).collect();
    let names: Vec<&String> =
        groups.iter().flat_map(|group| &spec.columns[group.name()]).chain(&spec.context).collect();
    let mut features: Vec<f32> = Vec::new();
    for PreparedList { input, grades, .. } in lists {
        for row in 0..grades.len() {
            for group in &groups {
                let width = spec.columns[group.name()].len();
                features.extend(&input.groups[*group as usize][row * width..][..width]);
            }
            features.extend(&input.context);
        }
    }
    let grades: Vec<f32> = lists.iter().flat_map(|list| &list.grades).copied().collect();
    let scores: Vec<f32> = scores.iter().flatten().copied().collect();
    let lengths: Vec<u8> = lists.iter().flat_map(|list| (list.grades.len() as i32).to_le_bytes()).collect();
    let bytes = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let [features, grade_bytes, scores] = [bytes(&features), bytes(&grades), bytes(&scores)];
    let tensors = [
        ("features", TensorView::new(Dtype::F32, vec![grades.len(), names.len()], &features)?),
        ("grades", TensorView::new(Dtype::F32, vec![grades.len()], &grade_bytes)?),
        ("scores", TensorView::new(Dtype::F32, vec![grades.len()], &scores)?),
        ("lengths", TensorView::new(Dtype::I32, vec![lists.len()], &lengths)?),
    ];
    let protocol = json!({
        "grade_min": protocol.scale.min, "grade_max": protocol.scale.max, "graded": protocol.graded,
        "shop_order": protocol.shop_order, "absent_counts_zero": protocol.absent_counts_zero,
    });
    let metadata = HashMap::from([
        ("columns".to_owned(), serde_json::to_string(&names)?),
        ("protocol".to_owned(), protocol.to_string()),
    ]);
    Ok(windowshop_files::write(path, safetensors::serialize(tensors, Some(metadata))?)?)
}

#[cfg(test)]
mod tests {
    use safetensors::SafeTensors;
    use windowshop_features::{RankerInput, spec};
    use windowshop_schema::GradeScale;

    use super::*;

    /// A list of `grades.len()` items with increasing shop-order features and no other groups.
    fn list(grades: &[f32], spec: &FeatureSpec) -> PreparedList {
        let mut groups: [Vec<f32>; Group::COUNT] = Default::default();
        for group in Group::ALL {
            groups[group as usize] = (0..grades.len() * spec.columns[group.name()].len()).map(|v| v as f32).collect();
        }
        let mut present = [false; Group::COUNT];
        present[Group::ShopOrder as usize] = true;
        let context = vec![0.5; spec.context.len()];
        let input = RankerInput { groups, present, context, ..Default::default() };
        PreparedList { grades: grades.to_vec(), weights: vec![], input }
    }

    #[test]
    fn rows_have_the_named_columns_of_present_groups_and_the_context() {
        let spec = spec::spec(Default::default());
        let lists = [list(&[0.0, 1.0], &spec), list(&[1.0], &spec)];
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rows.safetensors");
        let scale = GradeScale { min: 0.0, max: 1.0 };
        let protocol = Protocol { scale, shop_order: true, absent_counts_zero: true, graded: false, seed: 1 };
        write(&path, &lists, &[vec![0.1, 0.2], vec![0.3]], &spec, protocol).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let (_, header) = SafeTensors::read_metadata(&bytes).unwrap();
        let columns: Vec<String> =
            serde_json::from_str(&header.metadata().as_ref().unwrap()["columns"]).expect("names");
        let order = &spec.columns[Group::ShopOrder.name()];
        assert_eq!(columns, [order.as_slice(), &spec.context].concat());
        let tensors = SafeTensors::deserialize(&bytes).unwrap();
        let floats = |name: &str| -> Vec<f32> {
            tensors.tensor(name).unwrap().data().chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect()
        };
        assert_eq!(tensors.tensor("features").unwrap().shape(), [3, columns.len()]);
        assert_eq!(floats("features")[columns.len()..][..2], [order.len() as f32, order.len() as f32 + 1.0]);
        assert_eq!(floats("features")[columns.len() - 1], 0.5);
        assert_eq!((floats("grades"), floats("scores")), (vec![0.0, 1.0, 1.0], vec![0.1, 0.2, 0.3]));
        assert_eq!(tensors.tensor("lengths").unwrap().data(), [2, 0, 0, 0, 1, 0, 0, 0]);
    }
}
