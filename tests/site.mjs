// The built demo page, the module and a bundle on one server, with a browser to look at them.
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
/** A folder a store: a ranker's bundle, lists of its test part with native scores, and the metrics that the trainer printed. */
export const RANKED = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "test/lists");

/** Networks beside a ranker, trained on a small made-up shop: their bundle, and what the trainer said with them. */
export const NETWORKS = resolve(ROOT, process.env.CARGO_TARGET_DIR ?? "target", "test/networks");

/** The GPU build, which is made only when asked for. */
export const GPU = path("web/dist/windowshop-gpu.wasm");

/** A script that makes a browser one that does not know the relaxed instruction of the module's probe, the last but one byte pair of which is 0xfd 0x80. */
export const WITHOUT_RELAXED_SIMD = `{
  const { validate } = WebAssembly;
  WebAssembly.validate = (bytes) => !new Uint8Array(bytes).includes(128) && validate(bytes);
}`;

/** Why tests that need the page and a bundle cannot run, or false. */
export const skip = reason();

function reason() {
  const needed = { [join(BUNDLE, "manifest.json")]: "npm start trains one", [path("www/dist/index.html")]: "npm run build:www" };
  const missing = Object.keys(needed).find((file) => !existsSync(file));
  return missing ? `${missing} is missing: ${needed[missing]}` : false;
}

/** Starts everything, the browser with these further flags; `close` ends it. */
export async function openSite(flags) {
  const broken = await mkdtemp(join(tmpdir(), "windowshop-"));
  await cp(BUNDLE, broken, { recursive: true });
  await truncate(join(broken, "ranker.safetensors"), 100);
  const mounts = { "/store/bundle/": BUNDLE, "/broken/": broken, "/lists/": RANKED, "/networks/": NETWORKS, "/module/": path("web/dist"), "/pages/": path("tests/pages") };
  const server = await serve(path("www/dist"), { mounts });
  const browser = await launch(flags);

  /** A page in a profile of its own. `script` runs before the page's scripts. */
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

  /** A page that has the module as `windowshop`. */
  const module = (options = {}) => open("pages/module.html", { ready: "html[data-ready]", ...options });

  /** What `body` returns in a page that has the module as `windowshop`, and what the page downloaded meanwhile. */
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
