// Writes a small synthetic shop into the given folder: reviews, visits, sessions and photos. Each network trains on it in
// seconds. The patterns are simple, so a network that did not learn is detected.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { HISTORIES, writeHistories } from "../histories.mjs";
import { noise, pick } from "./noise.mjs";

const folder = process.argv[2];

const STORE = `name = "networks"
licence = "synthetic"

${HISTORIES}
[reviews]
file = "reviews.csv"
text = ["text"]
label = "sentiment"

[table]
file = "visits.csv"
label = "bought"
categorical = ["browser", "weekend"]

[photos]
images = "images.idx3-ubyte"
labels = "labels.idx1-ubyte"
test_images = "test-images.idx3-ubyte"
test_labels = "test-labels.idx1-ubyte"
classes = ["bars", "disc", "stripes"]

[train.sentiment]
epochs = 6
batch = 16
min_reviews = 1

[train.sentiment.model]
embedding_dim = 8
hidden_dim = 16

[train.intent]
epochs = 20
batch = 32

[train.sequence]
epochs = 6
batch = 64
negatives = 32

[train.sequence.model]
embedding_dim = 16

[train.image]
epochs = 4
batch = 16
flip = 0.0
erase = 0.0
validation_share = 0.2

[train.image.model]
size = 28
channels = 1
width = 8

[train.gan]
epochs = 6
batch = 16
learning_rate = 2e-3
discriminator_learning_rate = 2e-3
ema_decay = 0.9
validation_share = 0.2

[train.gan.model]
size = 28
channels = 1
latent_dim = 8
width = 4
discriminator_width = 8
`;

function reviews() {
  const good = ["good", "lovely", "a joy", "很好", "喜欢", "不错"];
  const bad = ["bad", "broken", "a pity", "很差", "失望", "坏了"];
  const things = ["mug", "hat", "lamp", "book", "杯子", "帽子", "灯", "书"];
  const row = (_, i) => {
    const sentiment = i % 2 ? "positive" : "negative";
    return `"${pick(things, i)} ${pick(i % 2 ? good : bad, i + 500)}, ${pick(things, i + 900)} ${i}",${sentiment}`;
  };
  return ["text,sentiment", ...Array.from({ length: 240 }, row)].join("\n");
}

function visits() {
  const row = (_, i) => {
    const [pages, seconds] = [Math.floor(noise(i) * 30), noise(i + 1000) * 400];
    const [browser, weekend] = [pick(["fox", "owl", "elk"], i + 2000), noise(i + 3000) < 0.3];
    const bought = pages + (weekend ? 8 : 0) + noise(i + 4000) * 6 > 20;
    return [noise(i + 5000) < 0.05 ? "" : pages, seconds.toFixed(2), browser, weekend ? "TRUE" : "FALSE", bought ? "TRUE" : "FALSE"].join();
  };
  return ["pages,seconds,browser,weekend,bought", ...Array.from({ length: 600 }, row)].join("\n");
}

/** Sessions over 40 items; each item is usually followed by the next. */
function sessions(count, from) {
  const session = (_, s) => {
    const start = Math.floor(noise(from + s) * 40);
    const length = 3 + Math.floor(noise(from + s + 7000) * 4);
    return Array.from({ length }, (_, k) => `i${(start + k + (noise(from + s * 9 + k) < 0.1 ? 5 : 0)) % 40}`);
  };
  return Array.from({ length: count }, session);
}

/** The IDX format of MNIST: big-endian sizes, then bytes. */
function idx(sizes, bytes) {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header[2] = 8;
  header[3] = sizes.length;
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return Buffer.concat([header, Buffer.from(bytes)]);
}

function photos(count, from) {
  const side = 28;
  const labels = Array.from({ length: count }, (_, i) => i % 3);
  const images = labels.flatMap((label, i) => {
    const shift = Math.floor(noise(from + i) * 8);
    const [x0, y0] = [10 + shift, 10 + Math.floor(noise(from + i + 100) * 8)];
    return Array.from({ length: side * side }, (_, at) => {
      const [x, y] = [at % side, Math.floor(at / side)];
      const on = [(x + shift) % 8 < 4, (x - x0) ** 2 + (y - y0) ** 2 < 49, (y + shift) % 8 < 4][label];
      return Math.floor((on ? 150 : 40) + noise(from + i * 784 + at) * 60);
    });
  });
  return [idx([count, side, side], images), idx([count], labels)];
}

await mkdir(folder, { recursive: true });
const write = (name, content) => writeFile(join(folder, name), content);
await write("store.toml", STORE);
await write("reviews.csv", reviews());
await write("visits.csv", visits());
await writeHistories(folder, sessions(600, 0), sessions(120, 20_000));
const [images, labels] = photos(240, 1);
const [testImages, testLabels] = photos(60, 90_000);
await write("images.idx3-ubyte", images);
await write("labels.idx1-ubyte", labels);
await write("test-images.idx3-ubyte", testImages);
await write("test-labels.idx1-ubyte", testLabels);
