// From nothing to a first result, on the page's own thread like the others.
const { items, query } = await (await fetch("/data/request.json")).json();
const { load } = await import("/module/index.js");
const engine = await load("/bundle/", { worker: false });
const { results } = await engine.rerank({ items, query });
globalThis.firstResult = { ms: performance.now(), scores: results.length };
