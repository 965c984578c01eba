// `npm run bench:augment -- --browser`: our module, on the CPU and on WebGPU, against a 2D canvas in one Chromium.
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { HARDWARE_WEBGPU, SOFTWARE_WEBGPU, launch } from "../chromium.mjs";
import { serve } from "../serve.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Headers that isolate the page, which gives it a high-resolution clock. */
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };

/** Browser flags by value of `--gpu`. */
export const GPUS = { hardware: HARDWARE_WEBGPU, software: SOFTWARE_WEBGPU, none: ["--disable-gpu"] };

/** The rates of each round by operation, the browser's version, and the name of its WebGPU adapter, if any. */
export async function measureInBrowser(folder, rounds, gpu) {
  const site = join(folder, "augment-site");
  await mkdir(site, { recursive: true });
  await copyFile(join(ROOT, "tests/bench/augment.js"), join(site, "augment.js"));
  await writeFile(join(site, "index.html"), `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="augment.js"></script>`);
  const server = await serve(site, { mounts: { "/glue/": join(ROOT, "web/src/generated"), "/module/": join(ROOT, "web/dist") }, headers: ISOLATED });
  const browser = await launch(GPUS[gpu]);
  try {
    const page = await browser.newPage();
    page.on("pageerror", (error) => console.error(String(error)));
    await page.goto(server.url);
    await page.waitForSelector("html[data-ready]", { state: "attached" });
    return { chromium: browser.version(), ...(await page.evaluate((rounds) => measure(rounds), rounds)) };
  } finally {
    await browser.close();
    server.close();
  }
}
