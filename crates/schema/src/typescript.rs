//! Generates `web/src/schema.ts`: the types and constants that cross to JavaScript.

use std::{env, fs, path::Path};

use ts_rs::{Config, TS};

use crate::{
    InteractionKind, Item, NetworkKind, SentimentLabel,
    dims::{COLOR_DESCRIPTOR_DIM, MAX_ITEMS},
    group::Group,
    manifest::{MANIFEST_FILE, Metric, RANKER_FILE, STATISTICS_FILE},
    request::{Ranked, Reason, RerankOptions, TrackedEvent},
};

const FILE: &str = "../../web/src/schema.ts";

fn declarations() -> String {
    let mut out = String::from(
        "// Generated from crates/schema: `UPDATE_GOLDEN=1 cargo test -p windowshop-schema` rewrites it.\n",
    );
    let mut constant = |doc: &str, name: &str, value: String| {
        out += &format!("\n/** {doc} */\nexport const {name} = {value};\n");
    };
    constant("Length of a colour descriptor.", "COLOR_DESCRIPTOR_DIM", COLOR_DESCRIPTOR_DIM.to_string());
    constant("Largest number of items in one request.", "MAX_ITEMS", MAX_ITEMS.to_string());
    constant("The file of a bundle that lists the others.", "MANIFEST_FILE", quoted(MANIFEST_FILE));
    constant("The ranker's weights.", "RANKER_FILE", quoted(RANKER_FILE));
    constant("The ranker's item index and text statistics.", "STATISTICS_FILE", quoted(STATISTICS_FILE));
    let groups = Group::ALL.map(|group| quoted(group.name())).join(", ");
    constant("Every group, in the order of the ranker's tensors.", "GROUPS", format!("[{groups}] as const"));
    let files = NetworkKind::ALL.map(|kind| format!("{}: {}", kind.name(), quoted(kind.file()))).join(", ");
    constant("File of each network.", "NETWORK_FILES", format!("{{ {files} }} as const"));
    let networks: Vec<String> = Group::ALL
        .into_iter()
        .filter_map(|group| Some(format!("{}: {}", group.name(), quoted(group.network()?.name()))))
        .collect();
    let networks = format!("{{ {} }} as const satisfies Partial<Record<Group, NetworkKind>>", networks.join(", "));
    constant("The network that a group needs.", "GROUP_NETWORKS", networks);
    let kinds = InteractionKind::ALL.map(|kind| serde_json::to_string(&kind).expect("a name")).join(", ");
    constant("Every kind of interaction.", "INTERACTION_KINDS", format!("[{kinds}] as const"));
    out += &declaration::<Group>();
    out += &declaration::<NetworkKind>();
    out += &declaration::<SentimentLabel>();
    out += &declaration::<InteractionKind>();
    out += &declaration::<Item>();
    out += &declaration::<Reason>();
    out += &declaration::<Ranked>();
    out += &declaration::<RerankOptions>();
    out += &declaration::<TrackedEvent>();
    out += &declaration::<Metric>();
    out
}

fn quoted(text: &str) -> String {
    format!("\"{text}\"")
}

/// A type with the documentation of its fields.
fn declaration<T: TS>() -> String {
    let config = Config::default();
    let lines: Vec<String> = T::decl(&config).lines().map(|line| line.trim_end().to_owned()).collect();
    format!("\n{}export {}\n", T::docs().unwrap_or_default(), lines.join("\n"))
}

#[test]
fn the_generated_typescript_is_up_to_date() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::write(&path, declarations()).unwrap();
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == declarations(),
        "web/src/schema.ts differs from crates/schema: run with UPDATE_GOLDEN=1, then npm run test:web\n{}",
        declarations()
    );
}
