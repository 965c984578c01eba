// Bundles the module and its worker, and puts the wasm builds beside them.
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm } from "node:fs/promises";
import { build } from "esbuild";

const common = { outdir: "dist", bundle: true, format: "esm", target: "es2022", minify: true };

/** The text of a shader, without comments and indentation. */
const shaders = {
  name: "wgsl",
  setup: ({ onLoad }) =>
    onLoad({ filter: /\.wgsl$/ }, async ({ path }) => {
      const contents = (await readFile(path, "utf8")).replace(/\/\/.*$/gm, "").replace(/\n\s+/g, "\n");
      return { contents, loader: "text" };
    }),
};

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await build({ ...common, entryPoints: ["src/index.ts", "src/instantsearch.ts"], splitting: true });
// The worker is one file: it may be served from anywhere.
await build({ ...common, entryPoints: ["src/worker.ts"] });
// Augmentation on a GPU is a file of its own, too, loaded by address.
await build({ ...common, entryPoints: { "windowshop-augment-gpu": "src/augment-gpu.ts" }, plugins: [shaders] });
const glue = (name) => readFile(`src/generated/${name}/windowshop_engine.js`, "utf8");
if ((await glue("cpu")) !== (await glue("cpu-relaxed"))) throw new Error("the two CPU builds have different glue: run cargo xtask wasm");
for (const name of ["cpu", "cpu-relaxed"]) {
  await cp(`src/generated/${name}/windowshop_engine_bg.wasm`, `dist/windowshop-${name}.wasm`);
}
await cp("src/generated/augment/windowshop_augment_wasm_bg.wasm", "dist/windowshop-augment.wasm");
// The GPU build is a file of its own, loaded by address: who does not use it does not download it. It is there after
// `cargo xtask wasm --gpu`.
const gpu = "src/generated/gpu/windowshop_engine_gpu";
if (existsSync(`${gpu}.js`)) {
  await build({ ...common, entryPoints: { "windowshop-gpu": `${gpu}.js` } });
  await cp(`${gpu}_bg.wasm`, "dist/windowshop-gpu.wasm");
}
