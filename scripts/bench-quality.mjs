// `npm run bench:quality [-- --only NAME,… --seeds 1,2,…]`: our networks against strong simple baselines, on the same rows and
// split. Needs the real data beside the repository and Python 3 with pip; prints a reason for each comparison it skips.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const OUT = resolve(TARGET, "bench/quality");
const VENV = resolve(TARGET, "bench/venv");
const REQUIREMENTS = "tests/quality/requirements.txt";
const REAL_DATA = "../shared/data";

/** N-gram unit of each sentiment baseline. */
const SENTIMENT = { "reviews-zh": "char", "reviews-en": "word" };

/** Settings of each comparison of the intent network. */
const INTENT = {
  "purchase-intent": [],
  "purchase-intent-without-PageValues": ["--set", "features.exclude=PageValues"],
  "online-retail": [],
};

/** Baselines that sort by one column of the ranker's input. */
const RANKERS = {
  "rerank-games": {
    popularity: "log_interactions",
    "item-kNN": "together_decayed",
    "Markov chain": "next_share_last",
    "decayed sequential rules": "next_share_decayed",
  },
  "search-relevance": { BM25: "bm25", "character trigrams": "g3" },
};

/** Folders of the image datasets. */
const IMAGES = { "fashion-mnist": "/usr/share/datasets/fashion-mnist", clothing: join(REAL_DATA, "product-photos/clothing") };

/** Stores of sessions and their data folders. The baselines are part of the trainer's leaderboard. */
const SEQUENCES = { diginetica: "sessions-diginetica" };
const NETWORKS = ["attention", "gru", "graph"];

const ALL = [...Object.keys(RANKERS), ...Object.keys(SENTIMENT), ...Object.keys(INTENT), ...Object.keys(IMAGES), ...Object.keys(SEQUENCES)];
/** The dataset of a comparison. */
const dataOf = (name) => name.split("-without-")[0];
const taskOf = (name) => (name in RANKERS ? "ranker" : name in INTENT ? "intent" : name in IMAGES ? "image" : "sentiment");
const { values: options } = parseArgs({
  options: { only: { type: "string", default: ALL.join(",") }, seeds: { type: "string", default: "1" } },
});

/** Runs a program and returns its output; on failure prints the errors and exits. */
function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  console.error(`${error ?? stderr}\n${program} ${args.join(" ")}: failed; see above`);
  process.exit(1);
}

/** A Python with the baselines, installed on first use; undefined if that fails. */
async function python() {
  const interpreter = join(VENV, "bin/python");
  const stamp = join(VENV, "requirements.txt");
  const wanted = await readFile(REQUIREMENTS, "utf8");
  if (existsSync(stamp) && (await readFile(stamp, "utf8")) === wanted) return interpreter;
  const make = spawnSync("python3", ["-m", "venv", VENV], { stdio: "inherit" });
  if (make.status !== 0) return undefined;
  const install = spawnSync(interpreter, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS], { stdio: "inherit" });
  if (install.status !== 0) return undefined;
  await writeFile(stamp, wanted);
  return interpreter;
}

/** Trains with `seed`, evaluates every split and compares on the test split; returns the path of the result. */
async function compareWithBaselines(name, seed, dataset) {
  const task = taskOf(name);
  const folder = join(OUT, name, `seed-${seed}`);
  const trainer = `${TARGET}/debug/trainer`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const model = join(folder, "run");
  run(trainer, ["train", task, "--data", dataset, "--out", model, "--seed", seed, ...(INTENT[name] ?? [])]);
  for (const split of ["train", "validation", "test"]) {
    const rows = task !== "sentiment" ? ["--rows", join(folder, `${split}.safetensors`)] : ["--dump", join(folder, `${split}.jsonl`)];
    const metrics = run(trainer, ["evaluate", task, "--model", model, "--data", dataset, "--split", split, ...rows, "--json"]);
    if (split === "test") await writeFile(join(folder, "metrics.json"), metrics);
  }
  const how = {
    ranker: () => Object.entries(RANKERS[name]).flatMap(([rule, column]) => ["--rule", `${rule}=${column}`]),
    sentiment: () => ["--analyser", SENTIMENT[name]],
    intent: () => [],
    image: () => [],
  }[task]();
  const out = join(folder, "baselines.json");
  run(interpreter, [`tests/quality/${task === "ranker" ? "ranking" : task}.py`, folder, ...how, "--out", out]);
  return out;
}

/** Trains every sequence network; returns the leaderboard with session-kNN and rules fitted on the same sessions. */
async function leaderboard(name, seed, dataset) {
  const trainer = `${TARGET}/debug/trainer`;
  const folder = join(OUT, name, `seed-${seed}`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const network of NETWORKS) {
    run(trainer, ["train", "sequence", "--data", dataset, "--out", join(folder, network), "--seed", seed, "--set", `model.network=${network}`]);
    run(trainer, ["export", join(folder, network), "--out", join(folder, `${network}-int8`)]);
  }
  const [first, ...others] = NETWORKS.map((network) => join(folder, `${network}-int8`));
  const beside = others.flatMap((other) => ["--beside", other]);
  const store = `examples/stores/${name}.toml`;
  const evaluated = run(trainer, ["evaluate", "sequence", "--model", first, "--store", store, "--data", dataset, "--leaderboard", ...beside, "--json"]);
  return JSON.parse(evaluated);
}

function printLeaderboard(title, { n, leaderboard: rows }) {
  console.log(`\n${title}: ${n} steps`);
  for (const metric of ["p@20", "mrr@20", "ndcg@10"]) {
    console.log(`  ${metric.padEnd(30)}  value   95 %                ${NETWORKS[0]} minus this, paired`);
    for (const { name, network_ahead: ahead, ...metrics } of rows) {
      const beside = name === NETWORKS[0] ? "" : `${ahead[metric] >= 0 ? "+" : ""}${number(ahead[metric])} ${range(ahead[`${metric}_ci95`])}`;
      console.log(`    ${name.padEnd(29)} ${number(metrics[metric])} ${range(metrics[`${metric}_ci95`])}    ${beside}`);
    }
  }
}

const number = (value) => value.toFixed(4);
const range = ([low, high]) => `[${number(low)}, ${number(high)}]`;

function print(title, { rows_used: used, rows }) {
  console.log(`\n${title}: ${used.join(" / ")} lists, texts, rows or photos for training, validation and test`);
  for (const metric of Object.keys(rows[0].metrics)) {
    console.log(`  ${metric.padEnd(30)}  value   95 %                ours minus this, paired`);
    for (const { model, metrics, settings } of rows.filter(({ metrics }) => metric in metrics)) {
      const { value, ci95, ours_minus_this, ours_minus_this_ci95 } = metrics[metric];
      const beside = model === "Windowshop" ? "" : `${ours_minus_this >= 0 ? "+" : ""}${number(ours_minus_this)} ${range(ours_minus_this_ci95)}`;
      const trees = settings.trees ? `  ${settings.num_leaves} leaves, ${settings.trees} trees` : "";
      console.log(`    ${model.padEnd(29)} ${number(value)} ${range(ci95)}    ${beside}${trees}`);
    }
  }
}

/** Prints means over the seeds' splits. */
function printMeans(name, results) {
  console.log(`\n${name}: means over ${results.length} splits`);
  for (const [i, { model, metrics }] of results[0].rows.entries()) {
    const mean = (metric, key) => results.reduce((sum, { rows }) => sum + rows[i].metrics[metric][key], 0) / results.length;
    const cells = Object.keys(metrics).map((metric) => `${metric} ${number(mean(metric, "value"))} (ours ${mean(metric, "ours_minus_this") >= 0 ? "+" : ""}${number(mean(metric, "ours_minus_this"))})`);
    console.log(`  ${model.padEnd(29)} ${cells.join("  ")}`);
  }
}

const names = options.only.split(",");
const unknown = names.filter((name) => !ALL.includes(name));
if (unknown.length > 0) {
  console.error(`--only: found ${unknown.join(", ")}; expected some of ${ALL.join(", ")}`);
  process.exit(2);
}
const dataFolder = (name) => IMAGES[name] ?? join(REAL_DATA, SEQUENCES[name] ?? dataOf(name));
const absent = names.filter((name) => !existsSync(dataFolder(name)));
for (const name of absent) console.log(`${name}: skipped, no ${dataFolder(name)}`);
setup();
const needsPython = names.some((name) => !absent.includes(name) && !(name in SEQUENCES));
const interpreter = needsPython ? await python() : undefined;
if (needsPython && !interpreter) {
  console.log(`skipped: the baselines of ${REQUIREMENTS} need Python 3 with pip; see above`);
  process.exit(0);
}
console.log("building the trainer…");
run("cargo", ["build", "--workspace", "--all-targets"]);
const all = {};
for (const name of names.filter((name) => !absent.includes(name))) {
  const dataset = join(OUT, name, "dataset");
  run(`${TARGET}/debug/trainer`, ["ingest", `examples/stores/${dataOf(name)}.toml`, "--out", dataset]);
  all[name] = {};
  for (const seed of options.seeds.split(",")) {
    if (name in SEQUENCES) {
      all[name][seed] = await leaderboard(name, seed, dataset);
      printLeaderboard(`${name}, seed ${seed}`, all[name][seed]);
      continue;
    }
    all[name][seed] = JSON.parse(await readFile(await compareWithBaselines(name, seed, dataset), "utf8"));
    print(`${name}, seed ${seed}`, all[name][seed]);
  }
  if (Object.keys(all[name]).length > 1 && !(name in SEQUENCES)) printMeans(name, Object.values(all[name]));
}
await writeFile(resolve(TARGET, "bench/quality.json"), `${JSON.stringify(all, undefined, 1)}\n`);
