// Headless Chromium with a fresh profile.
import { chromiumPath } from "../scripts/setup.mjs";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** WebGPU on a software adapter: slow, but exact enough for comparisons. */
export const SOFTWARE_WEBGPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-unsafe-swiftshader"];

/** WebGPU on this machine's GPU. */
export const HARDWARE_WEBGPU = ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];

/** Starts the browser with `flags` in addition to the common ones. */
export function launch(flags = []) {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS, ...flags] });
}
