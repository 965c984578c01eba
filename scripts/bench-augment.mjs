// `npm run bench:augment [-- --turns 3 --browser --gpu software|hardware|none]`: images a second of common operators on one core, beside Albumentations on
// the same picture, turn by turn. Needs Python 3 with pip for the peer; without it only our own column is printed. With
// `--browser`: in Chromium instead, on the CPU and on WebGPU, beside a 2D canvas.
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

const { values: options } = parseArgs({ options: { turns: { type: "string", default: "3" }, browser: { type: "boolean", default: false }, gpu: { type: "string", default: "software" } } });

/** What a program prints, which is shown only where it fails. */
function run(program, args) {
  // The peer asks its registry for a newer version unless told not to.
  const env = { ...process.env, NO_ALBUMENTATIONS_UPDATE: "1" };
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 1 << 26, env });
  if (status === 0) return stdout;
  console.error(`${error ?? stderr}\n${program} ${args.join(" ")}: failed; see above`);
  process.exit(1);
}

/** The interpreter with the peer, installed on first use; undefined where that fails. */
function python() {
  const interpreter = join(VENV, "bin/python");
  if (!existsSync(interpreter) && spawnSync("python3", ["-m", "venv", VENV], { stdio: "inherit" }).status !== 0) return undefined;
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", REQUIREMENTS];
  return spawnSync(interpreter, install, { stdio: "inherit" }).status === 0 ? interpreter : undefined;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const rates = (rows) => Object.fromEntries(rows.map((row) => [row.name, row.images_per_second]));

/** Beside Albumentations. */
async function natively() {
  run("cargo", ["bench", "--package", "windowshop-augment", "--bench", "speed", "--no-run"]);
  const interpreter = python();
  if (!interpreter) console.log(`Albumentations: skipped, Python 3 with pip is needed for ${REQUIREMENTS}`);
  const turns = [];
  let peer;
  for (let turn = 0; turn < Number(options.turns); turn += 1) {
    const windowshop = rates(JSON.parse(run("cargo", ["bench", "--quiet", "--package", "windowshop-augment", "--bench", "speed"])));
    peer = interpreter && JSON.parse(run(interpreter, ["tests/quality/augment_speed.py"]));
    turns.push({ windowshop, ...(peer && { albumentations: rates(peer.rows) }) });
  }
  console.log(`256 x 256 RGB, one core; ${peer ? `Albumentations ${peer.albumentations}, OpenCV ${peer.opencv}` : "alone"}`);
  const rows = Object.keys(turns[0].windowshop).map((name) => {
    const ours = median(turns.map(({ windowshop }) => windowshop[name]));
    if (!peer) return { name, windowshop: ours };
    const ratios = turns.map(({ windowshop, albumentations }) => windowshop[name] / albumentations[name]);
    return { name, windowshop: ours, albumentations: median(turns.map(({ albumentations }) => albumentations[name])), ratio: median(ratios), ratios };
  });
  return { rows, peer: "albumentations", file: "augment.json", albumentations: peer?.albumentations, opencv: peer?.opencv };
}

/** Beside a 2D canvas. */
async function inBrowser() {
  run("cargo", ["xtask", "wasm", "--only", "augment"]);
  // Loaded here: it imports a package that the native half does without.
  const { GPUS, measureInBrowser } = await import("../tests/bench/augment.mjs");
  if (!(options.gpu in GPUS)) {
    console.error(`--gpu: found ${options.gpu}; expected one of ${Object.keys(GPUS).join(", ")}`);
    process.exit(1);
  }
  run("npm", ["run", "build:web"]);
  const { chromium, adapter, rows } = await measureInBrowser(resolve(TARGET, "bench"), Number(options.turns), options.gpu);
  const gpu = adapter ? `, the last column WebGPU on ${adapter}` : "";
  console.log(`256 x 256, one thread, pixels to pixels; Chromium ${chromium}, canvas 2D${gpu}`);
  const of = ({ name, turns }) => {
    const ratios = turns.map(({ windowshop, canvas }) => windowshop / canvas);
    const middle = (side) => Math.round(median(turns.map((turn) => turn[side])));
    return { name, windowshop: middle("windowshop"), canvas: middle("canvas"), ...(adapter && { webgpu: middle("webgpu") }), ratio: median(ratios), ratios };
  };
  return { rows: rows.map(of), peer: "canvas", file: "augment-browser.json", chromium, adapter };
}

console.log("building…");
const { rows, peer, file, ...versions } = await (options.browser ? inBrowser() : natively());
for (const { name, windowshop, ratio, ratios, ...row } of rows) {
  const beside = ratios ? ` ${String(row[peer]).padStart(8)} ${ratio.toFixed(2).padStart(6)} (${ratios.map((one) => one.toFixed(2)).join(", ")})` : "";
  const gpu = row.webgpu === undefined ? "" : ` ${String(row.webgpu).padStart(8)}`;
  console.log(`${name.padEnd(28)} ${String(windowshop).padStart(8)}${beside}${gpu}`);
}
await mkdir(resolve(TARGET, "bench"), { recursive: true });
await writeFile(resolve(TARGET, "bench", file), `${JSON.stringify({ machine: cpus()[0].model, ...versions, rows }, undefined, 1)}\n`);
