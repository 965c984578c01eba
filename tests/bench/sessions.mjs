// A synthetic shop of many items and a sequence network trained for one epoch, to measure the time of a recommendation.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HISTORIES, writeHistories } from "../histories.mjs";

const STORE = `name = "many-items"
licence = "synthetic"

${HISTORIES}
[train.sequence]
epochs = 1
negatives = 64
`;
/** Items of a session. */
const LENGTH = 6;

/** A repeatable whole number below `limit`. */
function draw(i, limit) {
  let x = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  x = Math.imul(x ^ (x >>> 15), 0x85ebca6b) >>> 0;
  return ((x ^ (x >>> 13)) >>> 0) % limit;
}

/** A bundle in `folder` whose network ranks `items` items; what is there already is used. */
export async function sequenceBundle(trainer, folder, items) {
  const bundle = join(folder, "bundle");
  if (existsSync(join(bundle, "manifest.json"))) return bundle;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // Every item is in one session at least, so that the network knows them all.
  const session = (s) => Array.from({ length: LENGTH }, (_, k) => `i${k === 0 ? s % items : draw(s * LENGTH + k, items)}`);
  const sessions = Array.from({ length: items }, (_, s) => session(s));
  await writeFile(join(folder, "store.toml"), STORE);
  await writeHistories(folder, sessions, sessions.slice(0, 200));
  const steps = [
    ["ingest", join(folder, "store.toml"), "--out", join(folder, "dataset")],
    ["train", "sequence", "--data", join(folder, "dataset"), "--out", join(folder, "run"), "--device", "cpu"],
    ["export", join(folder, "run"), "--out", bundle],
  ];
  for (const args of steps) {
    const { status, stderr } = spawnSync(trainer, args, { encoding: "utf8", maxBuffer: 1 << 26 });
    if (status !== 0) throw new Error(`${trainer} ${args.join(" ")}: ${stderr}`);
  }
  return bundle;
}
