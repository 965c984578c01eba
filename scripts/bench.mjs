// `npm run bench`: builds the engine and the demo bundle, then runs tests/bench/run.mjs with the same options.
import { fileURLToPath } from "node:url";
import { buildDemo } from "./demo.mjs";
import { setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
setup({ tests: true });
buildDemo();
// Imported after the set-up, which installs the packages it needs.
await import("../tests/bench/run.mjs");
