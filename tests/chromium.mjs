// Headless Chromium with a fresh profile.
import { chromiumPath } from "../scripts/setup.mjs";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** WebGPU without a GPU: slow, and exact enough to compare. */
export const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];

/** WebGPU on this machine's own GPU. */
export const HARDWARE_WEBGPU = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];

/** Starts the browser; `flags` are added to the ones every test needs. */
export function launch(flags = []) {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS, ...flags] });
}
