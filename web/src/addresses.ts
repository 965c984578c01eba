import type { GpuFiles } from "./accelerator";

/** A file in the folder that the page configures. */
function inFolder(folder: string | URL, name: string): string {
  return new URL(name, new URL(`${folder}`.replace(/\/?$/, "/"), globalThis.location?.href)).href;
}

/** Address of the engine's build for this browser. */
export function engineAddress(simd: "relaxed" | "simd128", folder: string | URL | undefined): string {
  if (folder) return inFolder(folder, simd === "relaxed" ? "windowshop-cpu-relaxed.wasm" : "windowshop-cpu.wasm");
  // Bundlers recognise this literal form.
  return simd === "relaxed"
    ? new URL("./windowshop-cpu-relaxed.wasm", import.meta.url).href
    : new URL("./windowshop-cpu.wasm", import.meta.url).href;
}

/** Address of the augmentation module. */
export function augmentAddress(folder: string | URL | undefined): string {
  return folder ? inFolder(folder, "windowshop-augment.wasm") : new URL("./windowshop-augment.wasm", import.meta.url).href;
}

/** Address of the optional GPU build of the augmentation module. */
export function augmentGpuAddress(folder: string | URL | undefined): string {
  const name = "windowshop-augment-gpu.js";
  return folder ? inFolder(folder, name) : new URL(name, import.meta.url).href;
}

/** Addresses of the optional GPU build. The form is not literal, so bundlers do not copy the files. */
export function gpuAddresses(folder: string | URL | undefined): GpuFiles {
  const at = (name: string) => (folder ? inFolder(folder, name) : new URL(name, import.meta.url).href);
  return { glue: at("windowshop-gpu.js"), wasm: at("windowshop-gpu.wasm") };
}
