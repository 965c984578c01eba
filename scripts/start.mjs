// `npm start`: builds, trains on the sample store, exports, and serves the demo page.
import { fileURLToPath } from "node:url";
import { serve } from "../tests/serve.mjs";
import { buildDemo } from "./demo.mjs";
import { setup } from "./setup.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
setup();
buildDemo();
const { url } = await serve("www/dist", { port: Number(process.env.PORT ?? 4173) });
console.log(`\nDemo page: ${url}  (Ctrl-C stops the server)`);
