// A page with nothing but the module, for tests that call it directly.
globalThis.windowshop = await import("/module/index.js");
/** The stable code that a promise fails with. */
globalThis.codeOf = (promise) => promise.then(() => "no error", ({ code }) => code);
/** Items without end, all different. */
globalThis.someItems = (count) => Array.from({ length: count }, (_, i) => ({ id: `made-up-${i}`, title: `Red mug ${i}`, price: 1 + i }));
document.documentElement.dataset.ready = "true";
