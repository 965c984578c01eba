import type { GpuFiles } from "./accelerator";

/** A file in a page's own folder of wasm files. */
function inFolder(folder: string | URL, name: string): string {
  return new URL(name, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.location?.href)).href;
}

/** The engine's build for this browser. */
export function engineAddress(simd: "relaxed" | "simd128", folder: string | URL | undefined): string {
  if (folder) return inFolder(folder, simd === "relaxed" ? "windowshop-cpu-relaxed.wasm" : "windowshop-cpu.wasm");
  // Written out: bundlers look for the literal form.
  return simd === "relaxed"
    ? new URL("./windowshop-cpu-relaxed.wasm", import.meta.url).href
    : new URL("./windowshop-cpu.wasm", import.meta.url).href;
}

/** Image augmentation. */
export function augmentAddress(folder: string | URL | undefined): string {
  return folder ? inFolder(folder, "windowshop-augment.wasm") : new URL("./windowshop-augment.wasm", import.meta.url).href;
}

/** What does it on a GPU; optional, as the engine's GPU build is. */
export function augmentGpuAddress(folder: string | URL | undefined): string {
  const name = "windowshop-augment-gpu.js";
  return folder ? inFolder(folder, name) : new URL(name, import.meta.url).href;
}

/** Beside the module, unless the page says where. Bundlers copy only what they see written out, and this build is optional. */
export function gpuAddresses(folder: string | URL | undefined): GpuFiles {
  const at = (name: string) => (folder ? inFolder(folder, name) : new URL(name, import.meta.url).href);
  return { glue: at("windowshop-gpu.js"), wasm: at("windowshop-gpu.wasm") };
}
