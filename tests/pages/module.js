// A page with nothing but the module, for tests that call it directly.
globalThis.windowshop = await import("/module/index.js");
/** The stable code that a promise fails with. */
globalThis.codeOf = (promise) => promise.then(() => "no error", ({ code }) => code);
/** Items without end, all different. */
globalThis.someItems = (count) => Array.from({ length: count }, (_, i) => ({ id: `made-up-${i}`, title: `Red mug ${i}`, price: 1 + i }));
/** A file of a picture with gradients and edges. */
globalThis.somePhoto = (width, height) => {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  const fill = context.createLinearGradient(0, 0, width, height);
  for (const [at, color] of [[0, "white"], [0.4, "crimson"], [0.7, "navy"], [1, "gold"]]) fill.addColorStop(at, color);
  context.fillStyle = fill;
  context.fillRect(0, 0, width, height);
  context.clearRect(width / 4, height / 4, width / 4, height / 2);
  return canvas.convertToBlob();
};
document.documentElement.dataset.ready = "true";
