// Bundles the module and its worker, and puts the wasm builds beside them.
import { cp, mkdir, rm } from "node:fs/promises";
import { build } from "esbuild";

await rm("dist", { recursive: true, force: true });
await mkdir("dist", { recursive: true });
await build({
  entryPoints: ["src/index.ts", "src/worker.ts"],
  outdir: "dist",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
  minify: true,
});
for (const name of ["cpu", "cpu-relaxed"]) {
  await cp(`src/generated/${name}/windowshop_engine_bg.wasm`, `dist/windowshop-${name}.wasm`);
}
