// `npm run bench`: builds what is measured, then measures. The options are those of tests/bench/run.mjs.
import { fileURLToPath } from "node:url";
import { buildDemo } from "./demo.mjs";
import { setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
setup({ tests: true });
buildDemo();
// Loaded after the set-up: it imports packages that a fresh machine lacks.
await import("../tests/bench/run.mjs");
