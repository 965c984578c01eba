// `npm run bench:train [-- --width 32 --batch 64]`: training speed in images per second, against the same network in PyTorch on
// the same machine, in alternation. Needs Debian's dataset-fashion-mnist; without PyTorch its column is skipped.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { availableParallelism, cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const OUT = resolve(TARGET, "bench/train");
const STORE = "examples/stores/fashion-mnist.toml";
const IMAGES = "/usr/share/datasets/fashion-mnist";
const ROUNDS = 2;

const { values: options } = parseArgs({
  options: { width: { type: "string", default: "32" }, batch: { type: "string", default: "64" }, python: { type: "string", default: "/usr/bin/python3" } },
});

/** Runs a program and returns its output; on failure prints the errors and exits. */
function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26 });
  if (status === 0) return stdout;
  console.error(`${error ?? stderr}\n${program} ${args.join(" ")}: failed; see above`);
  process.exit(1);
}

/** Images per second of one epoch, from the trainer's log. */
async function windowshopRate(dataset) {
  const folder = join(OUT, "run");
  await rm(folder, { recursive: true, force: true });
  const sets = [`model.width=${options.width}`, `batch=${options.batch}`].flatMap((set) => ["--set", set]);
  run(`${TARGET}/debug/trainer`, ["train", "image", "--data", dataset, "--out", folder, "--device", "cpu", "--epochs", "1", ...sets]);
  const lines = (await readFile(join(folder, "log.jsonl"), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
  return lines.find(({ event }) => event === "epoch").examples_per_second;
}

function pytorchRate() {
  const sizes = ["--width", options.width, "--batch", options.batch, "--threads", String(availableParallelism())];
  return JSON.parse(run(options.python, ["tests/quality/train_speed.py", ...sizes, "--steps", "100"]));
}

if (!existsSync(IMAGES)) {
  console.log(`skipped: no ${IMAGES}; install Debian's package dataset-fashion-mnist`);
  process.exit(0);
}
setup();
console.log("building the trainer…");
run("cargo", ["build", "--workspace", "--all-targets"]);
await mkdir(OUT, { recursive: true });
const dataset = join(OUT, "dataset");
run(`${TARGET}/debug/trainer`, ["ingest", STORE, "--out", dataset]);
const hasTorch = spawnSync(options.python, ["-c", "import torch"]).status === 0;
if (!hasTorch) console.log("PyTorch: skipped, not installed (Debian: python3-torch)");
const rounds = [];
for (let round = 0; round < ROUNDS; round += 1) {
  rounds.push({ windowshop: await windowshopRate(dataset), ...(hasTorch && { pytorch: pytorchRate() }) });
  const { windowshop, pytorch } = rounds.at(-1);
  console.log(`Windowshop ${windowshop.toFixed(0)} images/s${pytorch ? `, PyTorch ${pytorch.torch} ${pytorch.images_per_second.toFixed(0)}, ratio ${(windowshop / pytorch.images_per_second).toFixed(2)}` : ""}`);
}
const result = { machine: `${cpus()[0].model}, ${availableParallelism()} cores`, options, rounds };
await writeFile(resolve(TARGET, "bench/train.json"), `${JSON.stringify(result, undefined, 1)}\n`);
