// `npm run bench [-- --bundle DIR --catalogue FILE --rounds N --sizes 100,1000 --gpu software|hardware|none]`: compares
// the engine with onnxruntime-web and tfjs in one Chromium, one thread each, on the same function and inputs. Fails if the results
// differ. GPU rows come from a second Chromium, so that a software GPU does not disturb the other rows.
import { existsSync } from "node:fs";
import { cpus } from "node:os";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";

import { build } from "esbuild";

import { HARDWARE_WEBGPU, SOFTWARE_WEBGPU, launch } from "../chromium.mjs";
import { serve } from "../serve.mjs";
import { sequenceBundle } from "./sessions.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const HERE = join(ROOT, "tests/bench");
const TARGET = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target");
const OUT = join(TARGET, "bench");
const SITE = join(OUT, "site");
const ENGINES = { "windowshop-cpu": "load-windowshop", "ort-wasm": "load-ort", "tfjs-wasm": "load-tfjs" };
/** Headers for cross-origin isolation, which a page needs for a fine-grained clock. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const WARM_UP = 10;
/** Number of items in the recommendation benchmark, and number of recommendations. */
const RECOMMEND = { items: 50_000, topN: 20 };

const { values: options } = parseArgs({
  options: {
    bundle: { type: "string", default: "www/public/store/bundle" },
    catalogue: { type: "string", default: "www/public/store/catalogue.jsonl" },
    rounds: { type: "string", default: "60" },
    loads: { type: "string", default: "7" },
    sizes: { type: "string", default: "100,1000" },
    gpu: { type: "string", default: "none" },
  },
});

const quantile = (values, q) => [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(q * values.length))];

async function site() {
  await mkdir(join(SITE, "data"), { recursive: true });
  const names = ["compare", ...Object.values(ENGINES)];
  await build({
    entryPoints: names.map((name) => join(HERE, `${name}.js`)),
    outdir: SITE, bundle: true, format: "esm", target: "es2022", minify: true, logLevel: "error",
    external: ["/module/index.js", "/glue/*"],
  });
  for (const name of names) {
    await writeFile(join(SITE, `${name}.html`), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="${name}.js"></script>`);
  }
  const packages = (name) => join(ROOT, "node_modules", name, "dist");
  const mounts = {
    "/bundle/": resolve(ROOT, options.bundle), "/sequence/": await sequenceBundle(join(TARGET, "debug/trainer"), join(OUT, "sequence"), RECOMMEND.items),
    "/module/": join(ROOT, "web/dist"), "/glue/": join(ROOT, "web/src/generated"),
    "/ort/": packages("onnxruntime-web"), "/tfjs/": packages("@tensorflow/tfjs-backend-wasm"),
  };
  return serve(SITE, { mounts, headers: ISOLATED });
}

/** A page in a new profile, so that nothing is cached. */
async function fresh(browser, address, onResponse = () => {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(`${address}: ${error}`));
  page.on("response", onResponse);
  await page.goto(address);
  return { page, close: () => context.close() };
}

async function compare(browser, url, catalogue, gpu) {
  const { page, close } = await fresh(browser, `${url}compare.html`);
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  const result = await page.evaluate((how) => compare(how), {
    catalogue, bundle: "/bundle/", sizes: options.sizes.split(",").map(Number), rounds: Number(options.rounds), warmUp: WARM_UP, gpu,
  });
  await close();
  return result;
}

/** Milliseconds of one of the page's functions for a network other than the ranker, one row per SIMD build. */
async function network(browser, url, task, items, how) {
  const { page, close } = await fresh(browser, `${url}compare.html`);
  await page.waitForSelector("html[data-ready]", { state: "attached" });
  const times = await page.evaluate(([task, how]) => globalThis[task](how), [task, { rounds: Number(options.rounds), warmUp: WARM_UP, ...how }]);
  await close();
  return Object.entries(times).map(([simd, times]) => ({ task, engine: "windowshop-cpu", simd, scope: "request", items, cold: false, times }));
}

/** Rows for recommendation among many items, and for image generation if the bundle has a generator. */
async function networks(browser, url) {
  const recommend = await network(browser, url, "recommend", RECOMMEND.items, { bundle: "/sequence/", topN: RECOMMEND.topN });
  if (!existsSync(resolve(ROOT, options.bundle, "generator.safetensors"))) return recommend;
  return [...recommend, ...(await network(browser, url, "generate", 1, { bundle: "/bundle/" }))];
}

/** The GPU rows and the adapter's name. */
async function compareOnGpu(url, catalogue) {
  if (options.gpu === "none") return { cells: [], adapter: undefined };
  const browser = await launch(options.gpu === "hardware" ? HARDWARE_WEBGPU : SOFTWARE_WEBGPU);
  try {
    return await compare(browser, url, catalogue, true);
  } finally {
    await browser.close();
  }
}

/** Milliseconds from the start of navigation to the first result, and the gzip size of the downloaded code. */
async function firstResults(browser, url) {
  const times = Object.fromEntries(Object.keys(ENGINES).map((engine) => [engine, []]));
  const sizes = {};
  for (let i = 0; i < Number(options.loads); i++) {
    for (const [engine, name] of Object.entries(ENGINES)) {
      const code = [];
      const keep = (response) => /\.(js|mjs|wasm)$/.test(new URL(response.url()).pathname) && code.push(response.body());
      const { page, close } = await fresh(browser, `${url}${name}.html`, keep);
      await page.waitForFunction(() => globalThis.firstResult, undefined, { timeout: 60_000 });
      times[engine].push((await page.evaluate(() => globalThis.firstResult)).ms);
      sizes[engine] = (await Promise.all(code)).reduce((sum, body) => sum + gzipSync(body, { level: 9 }).length, 0);
      await close();
    }
  }
  return Object.keys(ENGINES).map((engine) => ({ engine, first_result_ms: quantile(times[engine], 0.5), bytes_gzip: sizes[engine] }));
}

function report({ rows, load }) {
  const ms = (value) => value.toFixed(3).padStart(9);
  const find = (wanted) => rows.find((row) => Object.entries(wanted).every(([key, value]) => row[key] === value));
  console.log("engine          simd     scope         items  state    p50 ms    p95 ms   / ORT  / tfjs");
  for (const row of rows) {
    const ratio = (engine) => {
      const peer = row.scope === "network" && row.engine === (engine === "ort-webgpu" ? "windowshop-gpu" : "windowshop-cpu") && find({ engine, items: row.items, cold: row.cold, scope: "network" });
      return (peer ? (row.p50_ms / peer.p50_ms).toFixed(2) : "").padStart(7);
    };
    const state = row.cold ? "cold" : "warm";
    console.log(`${row.engine.padEnd(15)} ${row.simd.padEnd(8)} ${(row.task === "rank" ? row.scope : row.task).padEnd(9)} ${String(row.items).padStart(9)}  ${state} ${ms(row.p50_ms)} ${ms(row.p95_ms)} ${ratio(row.simd === "webgpu" ? "ort-webgpu" : "ort-wasm")} ${ratio("tfjs-wasm")}`);
  }
  console.log("\nfirst result         ms     KB gzip   / ORT");
  const ort = load.find(({ engine }) => engine === "ort-wasm");
  for (const { engine, first_result_ms, bytes_gzip } of load) {
    console.log(`${engine.padEnd(15)} ${first_result_ms.toFixed(0).padStart(7)} ${(bytes_gzip / 1000).toFixed(0).padStart(11)} ${(first_result_ms / ort.first_result_ms).toFixed(2).padStart(7)}`);
  }
}

const catalogue = (await readFile(resolve(ROOT, options.catalogue), "utf8")).trim().split("\n").map((line) => JSON.parse(line));
const server = await site();
const browser = await launch();
try {
  const { cells: cpuCells, load: data } = await compare(browser, server.url, catalogue, false);
  const { cells: gpuCells, adapter } = await compareOnGpu(server.url, catalogue);
  const cells = [...cpuCells, ...gpuCells, ...(await networks(browser, server.url))];
  const rows = cells.map(({ times, ...cell }) => ({ task: "rank", ...cell, p50_ms: quantile(times, 0.5), p95_ms: quantile(times, 0.95) }));
  const { onnx, ...json } = data;
  await writeFile(join(SITE, "data/ranker.onnx"), Uint8Array.from(onnx));
  json.request = { items: catalogue.slice(0, Number(options.sizes.split(",")[0])), query: "red mug" };
  for (const [name, value] of Object.entries(json)) await writeFile(join(SITE, `data/${name}.json`), JSON.stringify(value));
  const load = await firstResults(browser, server.url);
  const machine = { cpu: cpus()[0].model, cores: cpus().length, browser: `Chromium ${browser.version()}`, rounds: Number(options.rounds), gpu: adapter };
  const result = { machine, rows, load };
  await writeFile(join(OUT, "browser.json"), `${JSON.stringify(result, undefined, 1)}\n`);
  report(result);
} finally {
  await browser.close();
  server.close();
}
