// Serves the built demo page, the npm module and a bundle, and opens a browser on them.
import { existsSync } from "node:fs";
import { cp, mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { launch } from "./chromium.mjs";
import { serve } from "./serve.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const path = (name) => join(ROOT, name);
export const BUNDLE = resolve(ROOT, process.env.WINDOWSHOP_BUNDLE ?? "www/public/store/bundle");
/** One folder per store: a ranker's bundle, test lists with native scores, and the trainer's metrics. */
export const RANKED = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "test/lists");

/** The other networks, trained on a small synthetic shop: their bundle and the trainer's predictions. */
export const NETWORKS = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "test/networks");

/** The WebGPU build, which is optional. */
export const GPU = path("web/dist/windowshop-gpu.wasm");

/** A script that makes the module's relaxed-SIMD probe fail: it rejects wasm with byte 128, part of the probe's relaxed instruction. */
export const WITHOUT_RELAXED_SIMD = `{
  const { validate } = WebAssembly;
  WebAssembly.validate = (bytes) => !new Uint8Array(bytes).includes(128) && validate(bytes);
}`;

/** The reason why tests of page and bundle cannot run, or false. */
export const skip = reason();

function reason() {
  const needed = { [join(BUNDLE, "manifest.json")]: "npm start trains one", [path("www/dist/index.html")]: "npm run build:www" };
  const missing = Object.keys(needed).find((file) => !existsSync(file));
  return missing ? `${missing} is missing: ${needed[missing]}` : false;
}

/** Starts server and browser, with additional browser flags; `close` stops both. */
export async function openSite(flags) {
  const broken = await mkdtemp(join(tmpdir(), "windowshop-"));
  await cp(BUNDLE, broken, { recursive: true });
  await truncate(join(broken, "ranker.safetensors"), 100);
  const mounts = { "/store/bundle/": BUNDLE, "/broken/": broken, "/lists/": RANKED, "/networks/": NETWORKS, "/module/": path("web/dist"), "/pages/": path("tests/pages") };
  const server = await serve(path("www/dist"), { mounts });
  const browser = await launch(flags);

  /** Opens a page in a new profile. `script` runs before the page's scripts. */
  async function open(address, { ready, script, ...options }) {
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    const errors = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
    if (script) await page.addInitScript(script);
    await page.goto(server.url + address);
    await page.waitForSelector(ready, { state: "attached", timeout: 30_000 });
    return { page, errors, close: () => context.close() };
  }

  /** A page with the npm module as the global `windowshop`. */
  const module = (options = {}) => open("pages/module.html", { ready: "html[data-ready]", ...options });

  /** Evaluates `body` in a page with the global `windowshop`; returns its value and the requests meanwhile. */
  async function inModule(body, argument, options) {
    const { page, close } = await module(options);
    const requests = [];
    page.on("request", (request) => requests.push(new URL(request.url()).pathname));
    try {
      return { value: await page.evaluate(body, argument), requests };
    } finally {
      await close();
    }
  }

  return {
    demo: (address = "", options = {}) => open(address, { ready: "body[data-ready]", ...options }),
    module,
    inModule,
    async close() {
      await browser.close();
      server.close();
      await rm(broken, { recursive: true });
    },
  };
}
