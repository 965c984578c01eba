// Installs missing build dependencies: `node scripts/setup.mjs [--tests]`. Returns quickly if nothing is missing.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const WASM_TARGET = "wasm32-unknown-unknown";
const BROWSERS = ["chromium", "chromium-browser", "google-chrome"];

/** A failed install step; the message gives the next step. */
export class SetupError extends Error {}

/** Runs every step, with `tests` also those that only tests need; throws a SetupError if one fails. */
export function setup({ tests = false } = {}) {
  process.env.PATH = [process.env.PATH, join(homedir(), ".cargo/bin")].join(delimiter);
  rust();
  npmPackages();
  if (!tests) return;
  chromium();
  softwareVulkan();
}

/** Is this program on the PATH? */
export function has(program) {
  return (process.env.PATH ?? "").split(delimiter).some((dir) => dir !== "" && existsSync(join(dir, program)));
}

/** Path of the Chromium for browser tests, or undefined. */
export function chromiumPath() {
  if (process.env.CHROMIUM) return process.env.CHROMIUM;
  const dirs = (process.env.PATH ?? "").split(delimiter);
  return BROWSERS.flatMap((name) => dirs.map((dir) => join(dir, name))).find((path) => existsSync(path));
}

function rust() {
  if (!has("rustc") && !has("rustup")) {
    const installer = "curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh -s -- -y --profile minimal";
    if (!unattended()) throw new SetupError(`Rust is missing; install it with\n  ${installer}\nand run this script again`);
    run("Rust", "sh", ["-c", installer]);
  }
  if (hasWasmTarget()) return;
  if (!has("rustup")) {
    throw new SetupError(`the Rust target ${WASM_TARGET} is missing and rustup is not installed; install rustup`);
  }
  // Without an argument, rustup installs the toolchain of rust-toolchain.toml.
  if (!hasToolchain()) run("the Rust toolchain", "rustup", ["toolchain", "install"]);
  if (!hasWasmTarget()) run(`the Rust target ${WASM_TARGET}`, "rustup", ["target", "add", WASM_TARGET]);
}

function hasToolchain() {
  return quiet("rustc", ["--version"]).status === 0;
}

function hasWasmTarget() {
  const { status, stdout } = quiet("rustc", ["--print", "target-libdir", "--target", WASM_TARGET]);
  return status === 0 && existsSync(stdout.trim());
}

function npmPackages() {
  if (!npmIsCurrent()) run("npm packages", "npm", ["ci", "--no-audit", "--no-fund"]);
}

/** Does node_modules match package-lock.json? Optional packages of other platforms may be absent. */
function npmIsCurrent() {
  const packages = (path) => JSON.parse(readFileSync(join(ROOT, path), "utf8")).packages;
  if (!existsSync(join(ROOT, "node_modules/.package-lock.json"))) return false;
  const installed = packages("node_modules/.package-lock.json");
  return Object.entries(packages("package-lock.json"))
    .filter(([path, entry]) => path.includes("node_modules/") && !entry.optional && !entry.devOptional)
    .every(([path, entry]) => installed[path]?.version === entry.version && existsSync(join(ROOT, path)));
}

function chromium() {
  if (chromiumPath()) return;
  apt("Chromium for the browser tests", ["chromium"], "or set CHROMIUM to the path of a Chromium");
}

function softwareVulkan() {
  const icds = ["/usr/share/vulkan/icd.d", "/etc/vulkan/icd.d"].flatMap((dir) => (existsSync(dir) ? readdirSync(dir) : []));
  const packages = ["libvulkan1", "mesa-vulkan-drivers"];
  if (icds.length > 0) return;
  if (unattended() && has("apt-get")) apt("software Vulkan", packages, "or continue without a GPU device");
  else console.log(`setup: no Vulkan driver: tests on a native GPU are skipped; to run them: apt-get install ${packages.join(" ")}`);
}

/** Installs Debian packages as root or in CI; elsewhere throws an error with the command. */
function apt(what, packages, otherwise) {
  const root = process.getuid?.() === 0;
  const typed = `${root ? "" : "sudo "}apt-get install -y ${packages.join(" ")}`;
  if (!unattended() || !has("apt-get")) throw new SetupError(`${what}: not found; install it with\n  ${typed}\n${otherwise}`);
  const command = (args) => (root ? ["apt-get", args] : ["sudo", ["-n", "apt-get", ...args]]);
  const install = command(["install", "-y", "--no-install-recommends", ...packages]);
  console.log(`setup: installing ${what}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  // The package lists of a new machine are empty or outdated.
  if (spawnSync(...command(["update"]), { stdio: "inherit", env }).status !== 0) {
    throw new SetupError(`${what}: apt-get update failed; install it with\n  ${typed}\n${otherwise}`);
  }
  if (spawnSync(...install, { stdio: "inherit", env }).status !== 0) {
    throw new SetupError(`${what}: apt-get failed; install it with\n  ${typed}\n${otherwise}`);
  }
}

function unattended() {
  return process.getuid?.() === 0 || Boolean(process.env.CI);
}

function run(what, program, args) {
  console.log(`setup: installing ${what}`);
  const { status } = spawnSync(program, args, { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) throw new SetupError(`${what}: \`${program} ${args.join(" ")}\` failed; see above`);
}

function quiet(program, args) {
  return spawnSync(program, args, { cwd: ROOT, encoding: "utf8" });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    setup({ tests: process.argv.includes("--tests") });
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`setup: ${error.message}`);
    process.exit(1);
  }
}
