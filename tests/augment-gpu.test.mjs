// Image augmentation on a WebGPU adapter made of software: the bytes of the CPU, and what happens where there is no GPU.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { fixture, hash, photo } from "./augment-goldens.mjs";
import { SOFTWARE_WEBGPU } from "./chromium.mjs";
import { openSite, skip as unbuilt } from "./site.mjs";

const FILE = fileURLToPath(new URL("../web/dist/windowshop-augment-gpu.js", import.meta.url));
const skip = unbuilt || (!existsSync(FILE) && `${FILE} is missing: npm run build:web`);

let site;
before(async () => {
  if (!skip) site = await openSite(SOFTWARE_WEBGPU);
});
after(() => site?.close());

/** Does goldens on the GPU; gives the actions that are the CPU's. */
async function checkGoldens(name, picture, worker, samples) {
  const goldens = JSON.parse(await fixture(name)).filter(({ sample }) => sample < samples);
  const onGpu = async ({ goldens, pixels, width, height, worker, samples }) => {
    const photo = new ImageData(new Uint8ClampedArray(pixels), width, height);
    const found = [];
    for (const { policy, seed, sample, epoch } of goldens) {
      const { image, backend, record } = await windowshop.augment(photo, policy, seed, { sample, epoch, backend: "gpu", worker });
      const again = samples > 1 ? await windowshop.replay(photo, record, { backend: "gpu", worker }) : { image };
      found.push({ width: image.width, height: image.height, data: [...image.data], backend, actions: record.actions.map(({ action }) => action), same: String(again.image.data) === String(image.data) });
    }
    return found;
  };
  const { value: found } = await site.inModule(onGpu, { goldens, worker, samples, ...picture });
  for (const [i, { policy, sample, width, height, hash: expected }] of goldens.entries()) {
    const name = `${JSON.stringify(policy).slice(0, 160)}, sample ${sample}`;
    assert.deepEqual([found[i].width, found[i].height, hash(found[i].data)], [width, height, expected], name);
    assert.ok(found[i].same, `${name}: a replay differs`);
  }
  console.log(`${goldens.length} goldens, ${found.filter(({ backend }) => backend === "gpu").length} with a part for the GPU: not a byte differs`);
  return new Set(found.filter(({ backend, actions }) => backend === "cpu" && actions.length === 1).flatMap(({ actions }) => actions));
}

test("every operator gives the CPU's bytes on the GPU, as far as it is done there", { skip }, async () => {
  const left = await checkGoldens("golden.json", photo(24, 24), true, 3);
  assert.deepEqual([...left].sort(), ["background", "elastic", "jpeg"]);
});

test("geometry on a larger picture gives the CPU's bytes on the GPU and the page's own thread", { skip }, async () => {
  const left = await checkGoldens("golden-160x120.json", photo(160, 120), false, 1);
  assert.deepEqual([...left], []);
});

test("the file for GPUs is fetched only where the GPU is asked for, and serves a page's engine, too", { skip }, async () => {
  const body = async (backend) => {
    const engine = await windowshop.load("/store/bundle/", { worker: false });
    const { image, backend: used } = await engine.augment(await somePhoto(40, 30), "product", 5, backend && { backend });
    await engine.dispose();
    return { used, data: String(image.data) };
  };
  const fetched = ({ requests }) => requests.some((path) => path.endsWith("windowshop-augment-gpu.js"));
  const [cpu, gpu] = [await site.inModule(body), await site.inModule(body, "gpu")];
  assert.deepEqual([cpu.value.used, fetched(cpu), gpu.value.used, fetched(gpu)], ["cpu", false, "gpu", true]);
  assert.equal(cpu.value.data, gpu.value.data);
});

test("a GPU that is lost in the middle of a call is replaced by the CPU, and by a new one in the next call", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    const photo = await somePhoto(40, 30);
    const augment = async (backend) => {
      const { image, backend: used } = await windowshop.augment(photo, "product", 5, { backend, worker: false });
      return [used, String(image.data)];
    };
    const request = GPUAdapter.prototype.requestDevice;
    let device;
    GPUAdapter.prototype.requestDevice = async function (...options) {
      return (device = await request.apply(this, options));
    };
    const { submit } = GPUQueue.prototype;
    const results = [await augment("cpu"), await augment("gpu")];
    GPUQueue.prototype.submit = function (...commands) {
      device.destroy();
      return submit.apply(this, commands);
    };
    results.push(await augment("gpu"));
    GPUQueue.prototype.submit = submit;
    results.push(await augment("gpu"));
    return { used: results.map(([used]) => used), pictures: new Set(results.map(([, data]) => data)).size };
  });
  assert.deepEqual(value, { used: ["cpu", "gpu", "cpu", "gpu"], pictures: 1 });
});

test("a GPU made of software takes part in no race", { skip }, async () => {
  const { value } = await site.inModule(async () => {
    const { backend, race } = await windowshop.augment(await somePhoto(40, 30), "product", 5, { backend: "race" });
    return { backend, raced: race !== undefined };
  });
  assert.deepEqual(value, { backend: "cpu", raced: false });
});

test("whoever wins a race changes such photos from then on, without being asked for", { skip }, async () => {
  // An adapter that says it is a real one, and a clock by which the turns of one side take twice as long.
  const body = async (slower) => {
    Object.defineProperty(GPUAdapterInfo.prototype, "isFallbackAdapter", { get: () => false });
    let [reads, time] = [0, 0];
    performance.now = () => (time += reads++ % 2 === 0 ? 0 : (reads >> 1) % 2 === slower ? 1 : 2);
    const photo = await somePhoto(40, 30);
    const augment = (backend, policy = "product") => windowshop.augment(photo, policy, 5, { backend, worker: false });
    const before = (await augment("auto")).backend;
    const { race } = await augment("race");
    const after = { auto: (await augment("auto")).backend, cpu: (await augment("cpu")).backend, other: (await augment("auto", "photo")).backend };
    return { before, race, after };
  };
  for (const [slower, race] of [{ cpuMs: 2, gpuMs: 1 }, { cpuMs: 1, gpuMs: 2 }].entries()) {
    const { value } = await site.inModule(body, slower);
    const auto = race.gpuMs < race.cpuMs ? "gpu" : "cpu";
    assert.deepEqual(value, { before: "cpu", race, after: { auto, cpu: "cpu", other: "cpu" } });
  }
});

test("a page without WebGPU refuses the GPU by code, and every other choice runs on the CPU", { skip }, async () => {
  const script = "delete Navigator.prototype.gpu; delete globalThis.Worker";
  const { value } = await site.inModule(
    async () => {
      const photo = await somePhoto(40, 30);
      const used = {};
      for (const backend of ["race", "auto", "cpu"]) used[backend] = (await windowshop.augment(photo, "product", 5, { backend })).backend;
      return { used, gpu: await codeOf(windowshop.augment(photo, "product", 5, { backend: "gpu" })), wrong: await codeOf(windowshop.augment(photo, "product", 5, { backend: "webgl" })) };
    },
    undefined,
    { script },
  );
  assert.deepEqual(value, { used: { race: "cpu", auto: "cpu", cpu: "cpu" }, gpu: "gpu_unavailable", wrong: "invalid_argument" });
});
