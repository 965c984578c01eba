// `npm run bench:augment [-- --rounds 3 --browser --gpu software|hardware|none]`: images per second of common operators on one core,
// against Albumentations on the same image, in alternation. Albumentations needs Python 3 with pip; without it only our column
// is printed. With `--browser`: in Chromium, on the CPU and on WebGPU, against a 2D canvas.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const VENV = resolve(TARGET, "bench/venv-augment");
const REQUIREMENTS = "tests/quality/augment-requirements.txt";

const { values: options } = parseArgs({ options: { rounds: { type: "string", default: "3" }, browser: { type: "boolean", default: false }, gpu: { type: "string", default: "software" } } });

/** Runs a program and returns its output; on failure prints the errors and exits. */
function run(program, args) {
  // Albumentations queries its registry for a newer version unless disabled.
  const env = { ...process.env, NO_ALBUMENTATIONS_UPDATE: "1" };
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26, env });
  if (status === 0) return stdout;
  console.error(`${error ?? stderr}\n${program} ${args.join(" ")}: failed; see above`);
  process.exit(1);
}

/** A Python with Albumentations, installed on first use; undefined if that fails. */
function python() {
  const interpreter = join(VENV, "bin/python");
  if (!existsSync(interpreter) && spawnSync("python3", ["-m", "venv", VENV], { stdio: "inherit" }).status !== 0) return undefined;
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  return spawnSync(interpreter, install, { stdio: "inherit" }).status === 0 ? interpreter : undefined;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rates = (rows) => Object.fromEntries(rows.map((row) => [row.name, row.images_per_second]));

/** Against Albumentations. */
async function natively() {
  run("cargo", ["bench", "--package", "windowshop-augment", "--bench", "speed", "--no-run"]);
  const interpreter = python();
  if (!interpreter) console.log(`Albumentations: skipped, ${REQUIREMENTS} needs Python 3 with pip`);
  const rounds = [];
  let baseline;
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const windowshop = rates(JSON.parse(run("cargo", ["bench", "--quiet", "--package", "windowshop-augment", "--bench", "speed"])));
    baseline = interpreter && JSON.parse(run(interpreter, ["tests/quality/augment_speed.py"]));
    rounds.push({ windowshop, ...(baseline && { albumentations: rates(baseline.rows) }) });
  }
  console.log(`256 x 256 RGB, one core; ${baseline ? `Albumentations ${baseline.albumentations}, OpenCV ${baseline.opencv}` : "without Albumentations"}`);
  const rows = Object.keys(rounds[0].windowshop).map((name) => {
    const ours = median(rounds.map(({ windowshop }) => windowshop[name]));
    if (!baseline) return { name, windowshop: ours };
    const ratios = rounds.map(({ windowshop, albumentations }) => windowshop[name] / albumentations[name]);
    return { name, windowshop: ours, albumentations: median(rounds.map(({ albumentations }) => albumentations[name])), ratio: median(ratios), ratios };
  });
  return { rows, baseline: "albumentations", file: "augment.json", albumentations: baseline?.albumentations, opencv: baseline?.opencv };
}

/** Against a 2D canvas. */
async function inBrowser() {
  run("cargo", ["xtask", "wasm", "--only", "augment"]);
  // Imported here: it needs a package that the native measurement does not.
  const { GPUS, measureInBrowser } = await import("../tests/bench/augment.mjs");
  if (!(options.gpu in GPUS)) {
    console.error(`--gpu: found ${options.gpu}; expected one of ${Object.keys(GPUS).join(", ")}`);
    process.exit(1);
  }
  run("npm", ["run", "build:web"]);
  const { chromium, adapter, rows } = await measureInBrowser(resolve(TARGET, "bench"), Number(options.rounds), options.gpu);
  const gpu = adapter ? `, the last column WebGPU on ${adapter}` : "";
  console.log(`256 x 256, one thread, pixels to pixels; Chromium ${chromium}, canvas 2D${gpu}`);
  const summarise = ({ name, rounds }) => {
    const ratios = rounds.map(({ windowshop, canvas }) => windowshop / canvas);
    const middle = (side) => Math.round(median(rounds.map((round) => round[side])));
    return { name, windowshop: middle("windowshop"), canvas: middle("canvas"), ...(adapter && { webgpu: middle("webgpu") }), ratio: median(ratios), ratios };
  };
  return { rows: rows.map(summarise), baseline: "canvas", file: "augment-browser.json", chromium, adapter };
}

console.log("building…");
const { rows, baseline, file, ...versions } = await (options.browser ? inBrowser() : natively());
for (const { name, windowshop, ratio, ratios, ...row } of rows) {
  const beside = ratios ? ` ${String(row[baseline]).padStart(8)} ${ratio.toFixed(2).padStart(6)} (${ratios.map((one) => one.toFixed(2)).join(", ")})` : "";
  const gpu = row.webgpu === undefined ? "" : ` ${String(row.webgpu).padStart(8)}`;
  console.log(`${name.padEnd(28)} ${String(windowshop).padStart(8)}${beside}${gpu}`);
}
await mkdir(resolve(TARGET, "bench"), { recursive: true });
await writeFile(resolve(TARGET, "bench", file), `${JSON.stringify({ machine: cpus()[0].model, ...versions, rows }, undefined, 1)}\n`);
