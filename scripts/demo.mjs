// Builds the engine, the npm module and the demo page, and trains a bundle on the sample store if it is missing.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

const TARGET = process.env.CARGO_TARGET_DIR ?? "target";
const WORK = `${TARGET}/start`;
const BUNDLE = "www/public/store/bundle";

function step(name, command) {
  console.log(`\n${name}\n  ${command}`);
  const { status } = spawnSync("sh", ["-c", command], { stdio: "inherit" });
  if (status !== 0) {
    console.error(`${name}: failed; see the output above`);
    process.exit(1);
  }
}

/** Runs every step; up-to-date steps are fast. The working directory must be the repository root. */
export function buildDemo() {
  if (!existsSync("www/public/store/hues")) step("sample store", `npm run store && rm -rf ${BUNDLE}`);
  step("trainer", "cargo build --workspace --all-targets");
  step("wasm engine", "cargo xtask wasm");
  if (!existsSync(`${BUNDLE}/generator.safetensors`)) {
    const trainer = `${TARGET}/debug/trainer`;
    step("ingest", `${trainer} ingest examples/stores/sample.toml --out ${WORK}/dataset`);
    step("train sentiment", `rm -rf ${WORK}/sentiment && ${trainer} train sentiment --data ${WORK}/dataset --out ${WORK}/sentiment`);
    step("train ranker", `rm -rf ${WORK}/run && ${trainer} train ranker --data ${WORK}/dataset --out ${WORK}/run --set sentiment=${WORK}/sentiment`);
    step("ingest hues", `${trainer} ingest examples/stores/sample-hues.toml --out ${WORK}/hues`);
    step("train image generator", `rm -rf ${WORK}/gan && ${trainer} train gan --data ${WORK}/hues --out ${WORK}/gan --device cpu`);
    step("export", `${trainer} export ${WORK}/run ${WORK}/gan --out ${BUNDLE}`);
  }
  step("web module", "npm run build:web");
  step("demo page", "npm run build:www");
}
