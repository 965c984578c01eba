// `npm test`: every stage, or those whose names are given: `npm test -- "rust tests" lint`.

import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { countStage } from "./counts.mjs";
import { SetupError, setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
/** Enough of a stage's output to hold its summary lines. */
const KEPT_CHARACTERS = 1 << 20;

/** Runs `run(file)` with the name of an empty file; returns its result and what was written to the file. */
async function withSkips(run) {
  const folder = mkdtempSync(join(tmpdir(), "windowshop-test-"));
  const file = join(folder, "skips");
  writeFileSync(file, "");
  try {
    return { ...(await run(file)), skips: readFileSync(file, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Tests append to the file `skips` if they skip themselves. */
function runStage(stage, skips) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...stage.env, WINDOWSHOP_SKIPS: skips };
    const child = spawn("sh", ["-c", stage.run], { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    for (const [from, to] of [[child.stdout, process.stdout], [child.stderr, process.stderr]]) {
      from.setEncoding("utf8").on("data", (text) => {
        output = (output + text).slice(-KEPT_CHARACTERS);
        if (!stage.beside) to.write(text);
      });
    }
    child.on("error", (error) => resolve({ ok: false, output: String(error) }));
    child.on("close", (status) => resolve({ ok: status === 0, output }));
  });
}

/** Why a stage does not run, or undefined. `blocked` is a failure elsewhere; `skipped` is not. */
function obstacle(stage, unsuccessful) {
  const missing = (stage.needs ?? []).find((name) => unsuccessful.has(name));
  if (missing) return { state: "blocked", detail: `needs ${missing}` };
  const reason = stage.skip?.();
  return reason ? { state: "skipped", detail: reason } : undefined;
}

/** Runs a stage; its output is shown as it comes, or at its end where others run beside it. */
async function run(stage) {
  console.log(`\n=== ${stage.name}: ${stage.run}${stage.beside ? " (beside what follows)" : ""}`);
  const started = performance.now();
  const { ok, output, skips } = await withSkips((file) => runStage(stage, file));
  const seconds = (performance.now() - started) / 1000;
  if (stage.beside) process.stdout.write(`\n=== ${stage.name}:\n${output}`);
  for (const line of skips.split("\n").filter(Boolean)) console.log(`skipped: ${line}`);
  console.log(`--- ${stage.name}: ${ok ? "passed" : "FAILED"} in ${seconds.toFixed(1)} s`);
  return { ok, seconds, ...countStage(stage, ok, output, skips) };
}

async function runAll(stages) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const unsuccessful = new Set();
  const rows = new Map(stages.map(({ name }) => [name, { name, seconds: 0 }]));
  const running = new Map();
  async function finish(stage, result) {
    const { ok, seconds, passed, failed, skipped } = await result;
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    if (!ok) unsuccessful.add(stage.name);
    Object.assign(rows.get(stage.name), { seconds, state: ok ? "passed" : "FAILED", detail: stage.tests ? `${passed} passed, ${failed} failed, ${skipped} skipped` : "" });
  }
  for (const stage of stages) {
    await Promise.all((stage.needs ?? []).map((name) => running.get(name)));
    const hindrance = obstacle(stage, unsuccessful);
    if (hindrance) {
      unsuccessful.add(stage.name);
      // However many tests it has: they are not known.
      if (hindrance.state === "skipped") total.skipped += 1;
      Object.assign(rows.get(stage.name), hindrance);
    } else if (stage.beside) {
      running.set(stage.name, finish(stage, run(stage)));
    } else {
      await finish(stage, run(stage));
    }
  }
  await Promise.all(running.values());
  return { total, rows: [...rows.values()] };
}

function printTable(rows) {
  console.log();
  for (const { name, state, seconds, detail = "" } of rows) {
    console.log(`${name.padEnd(16)} ${state.padEnd(8)} ${seconds.toFixed(1).padStart(7)} s  ${detail}`.trimEnd());
  }
}

function finish(total) {
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

async function main(wanted) {
  try {
    setup({ tests: true });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`setup: ${error.message}`);
    return finish({ passed: 0, failed: 1, skipped: 0 });
  }
  // Loaded after the set-up: the list looks at what is installed.
  const { STAGES } = await import("./stages.mjs");
  const unknown = wanted.filter((name) => !STAGES.some((stage) => stage.name === name));
  if (unknown.length > 0) {
    console.error(`no such stage: ${unknown.join(", ")}; expected some of: ${STAGES.map((stage) => stage.name).join(", ")}`);
    return finish({ passed: 0, failed: 1, skipped: 0 });
  }
  const { total, rows } = await runAll(STAGES.filter((stage) => wanted.length === 0 || wanted.includes(stage.name)));
  printTable(rows);
  finish(total);
}

await main(process.argv.slice(2));
