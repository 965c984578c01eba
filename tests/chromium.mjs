// Headless Chromium with a fresh profile.
import { chromiumPath } from "../scripts/setup.mjs";
import { chromium } from "playwright-core";

const FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts the browser; `flags` are added to the ones every test needs. */
export function launch(flags = []) {
  return chromium.launch({ executablePath: chromiumPath(), args: [...FLAGS, ...flags] });
}
