// Image augmentation in Chromium: the bytes that the trainer makes, whatever the thread, and photos as pages have them.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { fixture, hash, photo } from "./augment-goldens.mjs";
import { NETWORKS, openSite, skip } from "./site.mjs";

const noNetworks = skip || (existsSync(join(NETWORKS, "bundle")) ? false : `${NETWORKS} is missing: npm test -- "networks bundle" writes it`);

let site;
before(async () => {
  if (!skip) site = await openSite();
});
after(() => site?.close());

/** Replays goldens in a worker and on the page's own thread. */
async function checkGoldens(name, picture, count) {
  const goldens = JSON.parse(await fixture(name));
  const inBoth = async ({ goldens, pixels, width, height }) => {
    const photo = new ImageData(new Uint8ClampedArray(pixels), width, height);
    const found = [];
    for (const { policy, seed, sample, epoch } of goldens) {
      const pair = [];
      for (const worker of [true, false]) {
        const { image, record } = await windowshop.augment(photo, policy, seed, { sample, epoch, worker });
        const again = await windowshop.replay(photo, record, { worker });
        pair.push({ width: image.width, height: image.height, data: [...image.data], same: String(again.image.data) === String(image.data) });
      }
      found.push(pair);
    }
    return found;
  };
  const { value: found } = await site.inModule(inBoth, { goldens, ...picture });
  assert.equal(goldens.length, count);
  for (const [i, { policy, sample, width, height, hash: expected }] of goldens.entries()) {
    const name = `${JSON.stringify(policy).slice(0, 160)}, sample ${sample}`;
    const [worker, own] = found[i];
    assert.deepEqual([worker.width, worker.height, hash(worker.data)], [width, height, expected], name);
    assert.ok(worker.same, `${name}: a replay differs`);
    assert.deepEqual(own, worker, name);
  }
}

test("every operator gives the bytes that it gives natively, in a worker and on the page's own thread", { skip }, async () => {
  const rgb = await fixture("photo-24x24.rgb");
  const picture = photo(24, 24);
  assert.deepEqual(picture.pixels.filter((_, i) => i % 4 < 3), [...rgb]);
  await checkGoldens("golden.json", picture, 123);
});

test("geometry on a larger picture gives the bytes that it gives natively", { skip }, async () => {
  await checkGoldens("golden-160x120.json", photo(160, 120), 60);
});

test("a photo is upright as its EXIF data say, and what is transparent is white", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    // Red on the left, blue on the right, and the mark of a camera that was held upright.
    const canvas = new OffscreenCanvas(32, 16);
    const context = canvas.getContext("2d");
    context.fillStyle = "red";
    context.fillRect(0, 0, 16, 16);
    context.fillStyle = "blue";
    context.fillRect(16, 0, 16, 16);
    const jpeg = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg" })).arrayBuffer());
    const tiff = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0];
    const exif = [0xff, 0xe1, 0, 8 + tiff.length, 0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
    const turned = new Blob([jpeg.subarray(0, 2), new Uint8Array(exif), jpeg.subarray(2)], { type: "image/jpeg" });
    const clear = new OffscreenCanvas(4, 4);
    clear.getContext("2d").fillRect(0, 0, 1, 1);
    const nothing = { transforms: [] };
    const upright = (await windowshop.augment(turned, nothing, 0)).image;
    const white = (await windowshop.augment(await clear.convertToBlob(), nothing, 0)).image;
    const at = ({ data, width }, x, y) => [...data.subarray(4 * (y * width + x), 4 * (y * width + x) + 4)];
    return { size: [upright.width, upright.height], top: at(upright, 8, 4), bottom: at(upright, 8, 28), white: at(white, 3, 3), black: at(white, 0, 0) };
  });
  assert.deepEqual(value.size, [16, 32]);
  assert.ok(value.top[0] > 200 && value.top[2] < 50, `red is above: ${value.top}`);
  assert.ok(value.bottom[2] > 200 && value.bottom[0] < 50, `blue is below: ${value.bottom}`);
  assert.deepEqual([value.white, value.black], [[255, 255, 255, 255], [0, 0, 0, 255]]);
});

test("a file holds the pixels that one gets without it, in the size that was asked for", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    const photo = await somePhoto(60, 40);
    const [pixels, png, webp] = [
      await windowshop.augment(photo, "product", 3, { maxSide: 30 }),
      await windowshop.augment(photo, "product", 3, { maxSide: 30, type: "blob" }),
      await windowshop.augment(photo, "product", 3, { maxSide: 30, type: "blob", fileType: "image/webp", quality: 0.5 }),
    ];
    const read = await windowshop.augment(png.image, { transforms: [] }, 0);
    return { size: [pixels.image.width, pixels.image.height], types: [png.image.type, webp.image.type], pixels: [...pixels.image.data], read: [...read.image.data], records: [pixels.record, png.record] };
  });
  assert.deepEqual([value.size, value.types], [[30, 20], ["image/png", "image/webp"]]);
  assert.deepEqual(value.read, value.pixels);
  assert.deepEqual(value.records[0], value.records[1]);
});

test("elements and bitmaps are photos, too, and stay usable", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    const photo = await somePhoto(20, 10);
    const bitmap = await createImageBitmap(photo);
    const canvas = Object.assign(document.createElement("canvas"), { width: 20, height: 10 });
    canvas.getContext("2d").drawImage(bitmap, 0, 0);
    const seen = [];
    for (const source of [photo, bitmap, canvas, bitmap]) seen.push([...(await windowshop.augment(source, "photo", 1)).image.data].join());
    return new Set(seen).size;
  });
  assert.equal(value, 1);
});

test("an engine augments, and fetches the module for it with its first call", { skip }, async () => {
  const { value, requests } = await site.inModule(async () => {
    const engine = await windowshop.load("/store/bundle/");
    const files = () => performance.getEntriesByType("resource").filter(({ name }) => name.includes("augment")).length;
    const photo = await somePhoto(20, 10);
    const before = files();
    const [own, alone] = [await engine.augment(photo, "photo", 5), await windowshop.augment(photo, "photo", 5)];
    const replayed = await engine.replay(photo, own.record);
    await engine.dispose();
    const fetched = files();
    return { before, fetched, same: String(own.image.data) === String(alone.image.data), replayed: String(own.image.data) === String(replayed.image.data), after: await codeOf(engine.augment(photo, "photo", 5)) };
  });
  assert.deepEqual(value, { before: 0, fetched: 2, same: true, replayed: true, after: "disposed" });
  assert.ok(requests.some((path) => path.endsWith("windowshop-augment.wasm")));
});

const codes = {
  "an unknown operator": ["unknown_operator", async () => codeOf(windowshop.augment(await somePhoto(8, 8), { transforms: [{ operator: "rotator" }] }, 1))],
  "strength 2 in a policy": ["policy_invalid", async () => codeOf(windowshop.augment(await somePhoto(8, 8), { transforms: [{ operator: "rotate", strength: 2 }] }, 1))],
  "an unknown preset": ["policy_invalid", async () => codeOf(windowshop.augment(await somePhoto(8, 8), "products", 1))],
  "a strength of 2": ["invalid_argument", async () => codeOf(windowshop.augment(await somePhoto(8, 8), "product", 1, { strength: 2 }))],
  "a file that is no picture": ["image_unreadable", async () => codeOf(windowshop.augment(new Blob(["not a picture"]), "product", 1))],
  "a photo of 25 million pixels": ["image_too_large", async () => codeOf(windowshop.augment(await somePhoto(5000, 5000), "product", 1))],
  "the same made smaller": ["no error", async () => codeOf(windowshop.augment(await somePhoto(5000, 5000), "product", 1, { maxSide: 64 }))],
  "a policy that makes a picture of 268 million pixels": [
    "image_too_large",
    async () => codeOf(windowshop.augment(await somePhoto(8, 8), { transforms: [{ operator: "resize", width: 16384, height: 16384 }] }, 1)),
  ],
  "a record of another photo": [
    "record_invalid",
    async () => {
      const { record } = await windowshop.augment(await somePhoto(8, 8), "product", 1);
      return codeOf(windowshop.replay(await somePhoto(9, 8), record));
    },
  ],
  "a record with a value that nobody draws": [
    "record_invalid",
    async () => {
      const { record } = await windowshop.augment(await somePhoto(8, 8), { transforms: [] }, 1);
      return codeOf(windowshop.replay(await somePhoto(8, 8), { ...record, actions: [{ action: "box_blur", radius: 4e9 }] }));
    },
  ],
  "a module that is not served": ["wasm_unavailable", async () => codeOf(windowshop.augment(await somePhoto(8, 8), "product", 1, { wasmUrl: "/nowhere/" }))],
  "a worker that cannot start": ["no error", async () => codeOf(windowshop.augment(await somePhoto(8, 8), "product", 1, { workerUrl: "/nowhere/worker.js" }))],
  "a call that is given up on the way": [
    "aborted",
    async () => {
      const abort = new AbortController();
      const call = windowshop.augment(await somePhoto(800, 800), "product", 1, { signal: abort.signal });
      abort.abort();
      return codeOf(call);
    },
  ],
};
for (const [name, [code, body]] of Object.entries(codes)) {
  test(`${name} gives ${code}`, { skip }, async () => assert.equal((await site.inModule(body)).value, code));
}

test("a refusal says where in the policy the mistake is, and the next call is answered", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    const photo = await somePhoto(8, 8);
    const { message } = await windowshop.augment(photo, { transforms: [{ operator: "invert" }, { operator: "rotator" }] }, 1).catch((error) => error);
    return { message, code: await codeOf(windowshop.augment(photo, "product", 1)) };
  });
  assert.deepEqual(value, { message: "transforms[1].operator: found rotator; expected a known operator; the nearest is rotate", code: "no error" });
});

test("what a network says of several views is the mean of what it says of each", { skip: noNetworks }, async () => {
  const { value } = await site.inModule(async () => {
    const engine = await windowshop.load("/networks/bundle/");
    const photo = await somePhoto(40, 40);
    const mean = [...(await engine.embedImage(photo, { views: 4, seed: 7 }))];
    const each = [await engine.embedImage(photo)];
    for (const epoch of [1, 2, 3]) each.push(await engine.embedImage((await engine.augment(photo, "views", 7, { epoch })).image));
    const { label, score } = await engine.classifyImage(photo, { views: 4, seed: 7 });
    const own = await windowshop.load("/networks/bundle/", { worker: false });
    const onPage = [...(await own.embedImage(photo, { views: 4, seed: 7 }))];
    return { mean, each: each.map((view) => [...view]), label, score, onPage };
  });
  const sums = value.mean.map((_, i) => value.each.reduce((sum, view) => sum + view[i], 0));
  const length = Math.hypot(...sums);
  for (const [i, found] of value.mean.entries()) assert.ok(Math.abs(found - sums[i] / length) < 1e-6, `${i}: ${found}, expected ${sums[i] / length}`);
  assert.ok(value.each.some((view, i) => i > 0 && Math.abs(view[0] - value.each[0][0]) > 1e-4), "a view is seen as something else");
  assert.deepEqual(value.onPage, value.mean);
  assert.ok(value.label && value.score > 0 && value.score <= 1);
});
