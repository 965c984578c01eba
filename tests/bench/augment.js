// Images per second of our module, on the CPU and on WebGPU, and of a canvas, in alternation, from input pixels to output pixels.
import init, { WasmAugmenter, WasmSteps } from "/glue/augment/windowshop_augment_wasm.js";

const SIDE = 256;
const CROP = 224;
const BATCH_MS = 60;
const MIN_CALLS = 40;
const MIN_AWAITED_CALLS = 9;

await init({ module_or_path: "/glue/augment/windowshop_augment_wasm_bg.wasm" });

/** A smooth image with edges, the same as in the native benchmark. */
function testImage() {
  const image = new ImageData(SIDE, SIDE);
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) image.data.set([x, y, ((x * y) >> 8) ^ ((Math.floor(x / 32) % 2) * 60), 255], 4 * (y * SIDE + x));
  }
  return image;
}

let draws = 0;
/** The next number of a uniform sequence between `low` and `high` (Weyl's sequence). */
const between = (low, high) => low + (high - low) * ((++draws * 0.6180339887498949) % 1);
const change = (most) => between(1 - most, 1 + most);

const about = (context, act) => {
  context.translate(SIDE / 2, SIDE / 2);
  act();
  context.translate(-SIDE / 2, -SIDE / 2);
};
const whole = (context, bitmap) => context.drawImage(bitmap, 0, 0);
const filtered = (filter) => (context, bitmap) => {
  context.filter = filter();
  whole(context, bitmap);
};
const crop = (context, bitmap) => {
  const side = SIDE * between(0.3, 1);
  context.drawImage(bitmap, between(0, SIDE - side), between(0, SIDE - side), side, side, 0, 0, CROP, CROP);
};

/** Name, our policy, the canvas operation, and the side of the result. */
const OPERATIONS = [
  ["horizontal_flip", [{ operator: "horizontal_flip" }], (context, bitmap) => { context.setTransform(-1, 0, 0, 1, SIDE, 0); whole(context, bitmap); }],
  ["rotate_15", [{ operator: "rotate", max_degrees: 15 }], (context, bitmap) => { about(context, () => context.rotate((between(-15, 15) * Math.PI) / 180)); whole(context, bitmap); }],
  ["scale", [{ operator: "scale", max_factor: 1.5 }], (context, bitmap) => { const factor = 1.5 ** between(-1, 1); about(context, () => context.scale(factor, factor)); whole(context, bitmap); }],
  ["translate", [{ operator: "translate", max_x: 0.2, max_y: 0.2 }], (context, bitmap) => context.drawImage(bitmap, SIDE * between(-0.2, 0.2), SIDE * between(-0.2, 0.2))],
  ["resize_224", [{ operator: "resize", width: CROP, height: CROP }], (context, bitmap) => context.drawImage(bitmap, 0, 0, CROP, CROP), CROP],
  ["random_resized_crop_224", [{ operator: "random_resized_crop", width: CROP, height: CROP }], crop, CROP],
  ["brightness", [{ operator: "brightness", max_change: 0.2 }], filtered(() => `brightness(${change(0.2)})`)],
  ["contrast", [{ operator: "contrast", max_change: 0.2 }], filtered(() => `contrast(${change(0.2)})`)],
  ["saturation", [{ operator: "saturation", max_change: 0.3 }], filtered(() => `saturate(${change(0.3)})`)],
  ["hue", [{ operator: "hue", max_degrees: 40 }], filtered(() => `hue-rotate(${between(-40, 40)}deg)`)],
  ["grayscale", [{ operator: "grayscale" }], filtered(() => `grayscale(${between(0, 1)})`)],
  ["gaussian_blur", [{ operator: "gaussian_blur", max_sigma: 3 }], filtered(() => `blur(${between(0, 3)}px)`)],
  [
    "color_jitter",
    [{ operator: "color_jitter" }],
    filtered(() => `brightness(${change(0.4)}) contrast(${change(0.4)}) saturate(${change(0.4)}) hue-rotate(${between(-36, 36)}deg)`),
  ],
  [
    "crop_flip_rotate_jitter_blur",
    [
      { operator: "random_resized_crop", width: CROP, height: CROP }, { operator: "horizontal_flip", probability: 0.5 }, { operator: "rotate", max_degrees: 15 },
      { operator: "color_jitter" }, { operator: "gaussian_blur" },
    ],
    (context, bitmap) => {
      context.filter = `brightness(${change(0.4)}) contrast(${change(0.4)}) saturate(${change(0.4)}) hue-rotate(${between(-36, 36)}deg) blur(${between(0, 3)}px)`;
      if (between(0, 1) < 0.5) context.setTransform(-1, 0, 0, 1, CROP, 0);
      about(context, () => context.rotate((between(-15, 15) * Math.PI) / 180));
      crop(context, bitmap);
    },
    CROP,
  ],
];

/** Checks that CPU and GPU return equal bytes; also compiles the shaders before timing. */
async function checkEqual(change, augmenter, image) {
  const [onGpu, onCpu] = [await change(augmenter, image, 1), augmenter.apply(image.data, SIDE, SIDE, 1, 1, 0).pixels()];
  if (onGpu.length !== onCpu.length || onGpu.some((level, i) => level !== onCpu[i])) throw new Error("GPU and CPU return different pixels");
}

/** Images per second from the median call of a batch, which is robust against other load. */
function rate(act) {
  const times = [];
  const end = performance.now() + BATCH_MS;
  while (times.length < MIN_CALLS || performance.now() < end) {
    const start = performance.now();
    act();
    times.push(performance.now() - start);
  }
  return 1000 / times.sort((a, b) => a - b)[times.length >> 1];
}

/** The same for asynchronous calls, one after the other. */
async function asyncRate(act) {
  const times = [];
  const end = performance.now() + BATCH_MS;
  while (times.length < MIN_AWAITED_CALLS || performance.now() < end) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  return 1000 / times.sort((a, b) => a - b)[times.length >> 1];
}

/** Our module on WebGPU and the name of the adapter; an empty object without WebGPU. */
async function webgpu() {
  const { AugmentGpu } = await import("/module/windowshop-augment-gpu.js");
  const gpu = await AugmentGpu.open().catch(() => undefined);
  if (!gpu) return {};
  const shaders = WasmSteps.shaders().split(" ");
  const change = async (augmenter, image, sample) => {
    const record = augmenter.draw(SIDE, SIDE, 1, sample, 0);
    const steps = new WasmSteps(record, SIDE, SIDE);
    let { data, width, height } = image;
    for (let step = 0; step < steps.count(); step++) {
      const passes = steps.passes(step);
      data = passes ? await gpu.run({ data, width, height }, passes, shaders) : WasmAugmenter.replay(steps.record(step), data, width, height).pixels();
      if (!data) throw new Error("the GPU was lost");
      [width, height] = steps.size(step);
    }
    steps.free();
    return data;
  };
  return { adapter: `${gpu.name}${gpu.software ? ", software" : ""}`, change };
}

/** For each operation, the rates of every round: ours on the CPU, ours on the GPU, and the canvas. */
globalThis.measure = async (rounds) => {
  const image = testImage();
  const bitmap = await createImageBitmap(image);
  const rows = [];
  const { adapter, change } = await webgpu();
  for (const [name, transforms, draw, side = SIDE] of OPERATIONS) {
    const augmenter = new WasmAugmenter(JSON.stringify({ border: [255, 255, 255], transforms }), 1);
    let sample = 0;
    const ours = () => augmenter.apply(image.data, SIDE, SIDE, 1, sample++, 0).pixels();
    // Without the hint a canvas may be on the GPU, where readback is slower.
    const context = new OffscreenCanvas(side, side).getContext("2d", { willReadFrequently: true });
    const canvas = () => {
      context.save();
      context.fillStyle = "white";
      context.fillRect(0, 0, side, side);
      draw(context, bitmap);
      context.restore();
      return context.getImageData(0, 0, side, side).data;
    };
    if (ours().length !== canvas().length) throw new Error(`${name}: results of different sizes`);
    rate(ours);
    rate(canvas);
    if (change) await checkEqual(change, augmenter, image);
    const measured = [];
    for (let round = 0; round < rounds; round++) {
      measured.push({ windowshop: rate(ours), canvas: rate(canvas), ...(change && { webgpu: await asyncRate(() => change(augmenter, image, sample++)) }) });
    }
    rows.push({ name, rounds: measured });
    augmenter.free();
  }
  return { rows, adapter };
};
document.documentElement.dataset.ready = "true";
