// The stages of `npm test`, cheapest first. Edit this list.
//
//   name    shown in the table
//   run     a shell command, in the repository root
//   tests   the output has a test runner's summary, whose tests are counted; other stages count as one test
//   needs   stages that must pass first; otherwise this stage is skipped
//   beside  runs in the background, until the first stage that needs it
//   env     additional environment variables
//   skip    the reason why it cannot run on this machine, or a falsy value

import { existsSync } from "node:fs";

import { chromiumPath, has } from "./setup.mjs";

const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const SAMPLE = `${TARGET}/test/sample`;
const GROUPS = `${TARGET}/test/groups`;
const BUNDLE = "www/public/store/bundle";
// Built with the workspace's tests: building it alone would select other cargo features and recompile DataFusion.
const TRAINER = `${TARGET}/debug/trainer`;
const DENY_WARNINGS = { RUSTDOCFLAGS: "-D warnings" };

/** Folder of the real data beside the repository, if present; examples/stores/ name the files. */
const REAL_DATA = "../shared/data";
const REAL_STORES = ["search-relevance", "rerank-games"];

/** Exports a run, and dumps test lists with their native scores, which the browser tests compare. */
function rankedLists(name, run, dataset) {
  const out = `${TARGET}/test/lists/${name}`;
  return [
    `rm -rf ${out}`,
    `mkdir -p ${out}`,
    `${TRAINER} export ${run} --out ${out}/bundle`,
    `${TRAINER} evaluate ranker --model ${run} --data ${dataset} --limit 300 --dump ${out}/lists.jsonl --json > ${out}/metrics.json`,
  ].join(" && ");
}

/** Ingests real data, trains, and exports. */
function realBundle(name) {
  const out = `${TARGET}/test/real/${name}`;
  return [
    `rm -rf ${out}`,
    `${TRAINER} ingest examples/stores/${name}.toml --out ${out}/dataset`,
    `${TRAINER} train ranker --data ${out}/dataset --out ${out}/run`,
    rankedLists(name, `${out}/run`, `${out}/dataset`),
  ].join(" && ");
}

/** Trains the other networks on small synthetic shops, and dumps their native predictions. */
function networksBundle() {
  const out = `${TARGET}/test/networks`;
  const train = (task) => `${TRAINER} train ${task} --data ${out}/dataset --out ${out}/${task} --device cpu`;
  const visits = `${out}/visits`;
  const evaluate = (task, options = "") => `${TRAINER} evaluate ${task} --model ${out}/${task} --data ${out}/dataset --json ${options} > ${out}/${task}.json`;
  const tasks = ["sentiment", "intent", "sequence", "image", "gan"];
  return [
    `rm -rf ${out}`,
    `node tests/networks/make.mjs ${out}/shop`,
    `${TRAINER} ingest ${out}/shop/store.toml --out ${out}/dataset`,
    ...tasks.map(train),
    ...["sentiment", "intent"].map((task) => evaluate(task, `--dump ${out}/${task}.jsonl`)),
    ...["sequence", "image"].map((task) => evaluate(task)),
    evaluate("gan", `--encoder ${out}/image --dump ${out}/gan.jsonl`),
    `${TRAINER} export ${tasks.map((task) => `${out}/${task}`).join(" ")} --out ${out}/bundle --precision f32`,
    `node tests/networks/make-visits.mjs ${visits}/shop`,
    `${TRAINER} ingest ${visits}/shop/store.toml --out ${visits}/dataset`,
    `${TRAINER} train intent --data ${visits}/dataset --out ${visits}/run --device cpu`,
    `${TRAINER} evaluate intent --model ${visits}/run --data ${visits}/dataset --json --dump ${visits}/intent.jsonl > ${visits}/intent.json`,
    `${TRAINER} export ${visits}/run --out ${visits}/bundle --precision f32`,
  ].join(" && ");
}

const rustTests = has("cargo-nextest")
  ? "cargo nextest run --workspace --no-fail-fast"
  : "cargo test --workspace --lib --bins --tests --no-fail-fast";

export const STAGES = [
  { name: "format", run: "cargo fmt --all --check -- -l" },
  { name: "scripts", run: "node --test scripts/*.test.mjs", tests: true },
  {
    name: "spelling",
    run: "npx --no-install cspell lint --no-progress --no-summary --cache --cache-location target/cspell.json .",
    skip: () => !existsSync("node_modules/.bin/cspell") && "npm's cspell is not installed",
  },
  { name: "licences", run: "cargo deny --offline check bans licenses sources", skip: () => !has("cargo-deny") && "cargo-deny is not installed" },
  { name: "dependencies", run: "cargo check-tree" },
  { name: "lint", run: "cargo clippy --workspace --all-targets --quiet -- -D warnings" },
  { name: "rust tests", run: rustTests, tests: true },
  { name: "wasm", run: "cargo xtask wasm" },
  { name: "size", run: "cargo xtask size", needs: ["wasm"] },
  { name: "web tests", run: "npm run build:web && npm run test:web", tests: true, needs: ["wasm"] },
  // Link-time optimisation takes minutes on one core, and only the browser tests need it.
  { name: "wasm gpu", run: "cargo xtask wasm --only gpu", needs: ["web tests"], beside: true },
  { name: "doc tests", run: "cargo test --workspace --doc --quiet", tests: true },
  { name: "docs", run: "cargo doc --workspace --no-deps --quiet", env: DENY_WARNINGS },
  { name: "lint wasm", run: "cargo xtask clippy-wasm" },
  { name: "sample store", run: "npm run store" },
  {
    name: "sample bundle",
    run: [
      `${TRAINER} ingest examples/stores/sample.toml --out ${SAMPLE}/dataset`,
      `${TRAINER} ingest examples/stores/sample-hues.toml --out ${SAMPLE}/hues`,
      `rm -rf ${SAMPLE}/run ${SAMPLE}/sentiment ${SAMPLE}/gan`,
      `${TRAINER} train sentiment --data ${SAMPLE}/dataset --out ${SAMPLE}/sentiment`,
      `${TRAINER} train ranker --data ${SAMPLE}/dataset --out ${SAMPLE}/run --set sentiment=${SAMPLE}/sentiment`,
      `${TRAINER} train gan --data ${SAMPLE}/hues --out ${SAMPLE}/gan --device cpu`,
      `${TRAINER} export ${SAMPLE}/run ${SAMPLE}/gan --out ${BUNDLE}`,
      rankedLists("sample", `${SAMPLE}/run`, `${SAMPLE}/dataset`),
    ].join(" && "),
    needs: ["rust tests", "sample store"],
  },
  {
    // Barely trained networks: the tests compare native and browser predictions, not accuracy.
    name: "optional groups bundle",
    run: [
      `rm -rf ${GROUPS}`,
      `${TRAINER} train image --data ${SAMPLE}/dataset --out ${GROUPS}/image --device cpu --epochs 2 --set model.size=32 --set model.width=16 --set validation_share=0.2`,
      `${TRAINER} train intent --data ${SAMPLE}/dataset --out ${GROUPS}/intent --device cpu --epochs 2`,
      `${TRAINER} train ranker --data ${SAMPLE}/dataset --out ${GROUPS}/run --device cpu --epochs 3 --set image=${GROUPS}/image --set intent=${GROUPS}/intent`,
      rankedLists("groups", `${GROUPS}/run`, `${SAMPLE}/dataset`),
    ].join(" && "),
    needs: ["sample bundle"],
  },
  {
    name: "real bundles",
    run: REAL_STORES.map(realBundle).join(" && "),
    needs: ["rust tests"],
    skip: () => !REAL_STORES.every((name) => existsSync(`${REAL_DATA}/${name}`)) && `no real data in ${REAL_DATA}`,
  },
  { name: "networks bundle", run: networksBundle(), needs: ["rust tests"] },
  { name: "demo page", run: "npm run build:www", needs: ["web tests", "sample bundle"] },
  { name: "gpu in module", run: "cargo xtask size && npm run build:web", needs: ["wasm gpu"] },
  {
    name: "browser tests",
    run: "npm run test:browser",
    tests: true,
    needs: ["demo page"],
    skip: () => !chromiumPath() && "Chromium is not installed",
  },
];
