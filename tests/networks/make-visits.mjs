// Writes the event log of a small synthetic shop into the given folder. Visitors with a cheap item in the cart, or with an
// earlier purchase, often buy: the pattern that the network learns.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { noise, pick } from "./noise.mjs";

const folder = process.argv[2];
const VISITORS = 800;
const START_MS = Date.UTC(2025, 2, 3, 8);
const [MINUTE_MS, DAY_MS] = [60_000, 86_400_000];

const STORE = `name = "visits"
licence = "synthetic"

[events]
file = "events.jsonl"
simulated = true

[privacy]
user_salt = "made up"

[train.intent]
epochs = 12
batch = 64

[train.intent.model]
hidden_dim = 16
members = 4
`;

const ITEMS = Array.from({ length: 40 }, (_, i) => ({ id: `i${i}`, category: ["kitchen", "garden", "office", "clothes"][i % 4], price: 4 + Math.floor(noise(i) * 60) / 2 }));

function itemEvent({ id, category, price }) {
  const fields = Object.entries({ title: `Thing ${id}`, category, price }).map(([name, value]) => ({ name, value }));
  return { time: START_MS - DAY_MS, event: "item", item: id, fields };
}

/** The events of one visitor: one to three visits, days apart. */
function visitor(_, number) {
  const events = [];
  let seed = number * 1_000;
  let time = START_MS + Math.floor(noise(seed++) * 40 * DAY_MS);
  let bought = 0;
  const track = (type, { id }) => {
    time += Math.floor((0.1 + 3 * noise(seed++)) * MINUTE_MS);
    events.push({ time, event: "interaction", type, item: id, user: `v${number}` });
  };
  for (let visit = 1 + Math.floor(noise(seed++) * 3); visit > 0; visit--) {
    const interest = pick(["kitchen", "garden", "office", "clothes"], seed++);
    const category = ITEMS.filter((item) => item.category === interest);
    let logit = -4 + 1.5 * bought;
    for (let clicks = 1 + Math.floor(noise(seed++) * 7); clicks > 0; clicks--) {
      const item = pick(noise(seed++) < 0.8 ? category : ITEMS, seed++);
      track("click", item);
      if (noise(seed++) > 0.2) continue;
      track("cart", item);
      logit += item.price < 18 ? 6 : 1;
    }
    if (noise(seed++) < 1 / (1 + Math.exp(-logit))) {
      track("purchase", pick(category, seed++));
      bought++;
    }
    time += Math.floor((1 + 6 * noise(seed++)) * DAY_MS);
  }
  return events;
}

const events = [...ITEMS.map(itemEvent), ...Array.from({ length: VISITORS }, visitor).flat()].sort((a, b) => a.time - b.time);
const lines = events.map(({ time, event, ...rest }, i) => JSON.stringify({ event, id: `e${i}`, timestamp: new Date(time).toISOString(), ...rest }));
await mkdir(folder, { recursive: true });
await writeFile(join(folder, "store.toml"), STORE);
await writeFile(join(folder, "events.jsonl"), lines.join("\n"));
