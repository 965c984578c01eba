// What `npm test` runs, cheapest first. Edit this list.
//
//   name    shown in the table
//   run     a shell command, in the repository root
//   tests   its output has a test runner's summary, which is counted; other stages count as one
//   needs   stages without whose success this one is not worth running
//   beside  runs while the stages after it do, up to the first that needs it
//   env     further environment variables
//   skip    why it cannot run here, or a falsy value

import { existsSync } from "node:fs";

import { chromiumPath, has } from "./setup.mjs";

const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const SAMPLE = `${TARGET}/test/sample`;
const GROUPS = `${TARGET}/test/groups`;
const BUNDLE = "www/public/store/bundle";
// Built with the workspace's tests: building it alone would choose other features and compile the planner again.
const TRAINER = `${TARGET}/debug/trainer`;
const DENY_WARNINGS = { RUSTDOCFLAGS: "-D warnings" };

/** Where real data lie beside the project, if they do: the stores in examples/stores/ say what they read there. */
const REAL_DATA = "../shared/data";
const REAL_STORES = ["search-relevance", "rerank-games"];

/** Writes a run's bundle and lists of the test part with their native scores, for the browser to repeat. */
function listsBundle(name, run, dataset) {
  const out = `${TARGET}/test/lists/${name}`;
  return [
    `rm -rf ${out}`,
    `mkdir -p ${out}`,
    `${TRAINER} export ${run} --out ${out}/bundle`,
    `${TRAINER} evaluate ranker --model ${run} --data ${dataset} --limit 300 --dump ${out}/lists.jsonl --json > ${out}/metrics.json`,
  ].join(" && ");
}

/** Trains on real data. */
function realBundle(name) {
  const out = `${TARGET}/test/real/${name}`;
  return [
    `rm -rf ${out}`,
    `${TRAINER} ingest examples/stores/${name}.toml --out ${out}/dataset`,
    `${TRAINER} train ranker --data ${out}/dataset --out ${out}/run`,
    listsBundle(name, `${out}/run`, `${out}/dataset`),
  ].join(" && ");
}

/** Trains the networks beside the ranker on small made-up shops, and keeps what they say natively. */
function networksBundle() {
  const out = `${TARGET}/test/networks`;
  const train = (task) => `${TRAINER} train ${task} --data ${out}/dataset --out ${out}/${task} --device cpu`;
  const visits = `${out}/visits`;
  const evaluate = (task, more = "") => `${TRAINER} evaluate ${task} --model ${out}/${task} --data ${out}/dataset --json ${more} > ${out}/${task}.json`;
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
  // Minutes of link-time optimisation on one core, and only its own tests need it.
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
      listsBundle("sample", `${SAMPLE}/run`, `${SAMPLE}/dataset`),
    ].join(" && "),
    needs: ["rust tests", "sample store"],
  },
  {
    // Networks that have hardly learned: what they say must arrive in the page, not be right.
    name: "groups bundle",
    run: [
      `rm -rf ${GROUPS}`,
      `${TRAINER} train image --data ${SAMPLE}/dataset --out ${GROUPS}/sight --device cpu --epochs 2 --set model.size=32 --set model.width=16 --set validation_share=0.2`,
      `${TRAINER} train intent --data ${SAMPLE}/dataset --out ${GROUPS}/close --device cpu --epochs 2`,
      `${TRAINER} train ranker --data ${SAMPLE}/dataset --out ${GROUPS}/run --device cpu --epochs 3 --set image=${GROUPS}/sight --set intent=${GROUPS}/close`,
      listsBundle("groups", `${GROUPS}/run`, `${SAMPLE}/dataset`),
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
    skip: () => !chromiumPath() && "no Chromium",
  },
];
