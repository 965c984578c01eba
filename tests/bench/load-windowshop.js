// Time to the first result, on the page's thread like the others. The request downloads while the engine loads.
import { load } from "/module/index.js";

const [{ items, query }, engine] = await Promise.all([
  fetch("/data/request.json").then((response) => response.json()),
  load("/bundle/", { worker: false }),
]);
const { results } = await engine.rerank({ items, query });
globalThis.firstResult = { ms: performance.now(), scores: results.length };
