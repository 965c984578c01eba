// The log of the simulated visitors, in metarank's shape, oldest first.

import { firstStage } from "../src/first-stage.mjs";
import { pick, stream } from "./random.mjs";
import { LIST_LENGTH, intention, reactions, visitor } from "./visitors.mjs";

const START_MS = Date.UTC(2025, 8, 1);
const DAY_MS = 86_400_000;
const DAYS = 60;
const SIMULATED = { name: "simulated", value: true };

/** Events of `visitors` visitors to a shop that sells `skus`. */
export function simulate(seed, skus, visitors) {
  const search = firstStage(skus);
  const byId = new Map(skus.map((sku) => [sku.id, sku]));
  const products = [...new Set(skus.map(({ product }) => product))];
  const categories = [...new Set(products.map(({ category }) => category))];
  const shop = { products, search: (query) => search(query ?? "", LIST_LENGTH).map((id) => byId.get(id)) };
  const events = Array.from({ length: visitors }, (_, number) => visits(seed, visitor(seed, number, categories), shop)).flat();
  // Array.prototype.sort is stable: what happened at the same time keeps the visitors' order.
  return events.sort((a, b) => a.time - b.time).map(({ time, event, ...rest }, row) => ({
    event,
    id: rest.id ?? `i${row}`,
    timestamp: new Date(time).toISOString(),
    ...rest,
  }));
}

function visits(seed, who, shop) {
  const next = stream(seed, "visits", who.name);
  const out = [];
  const sessions = 1 + Math.floor(next() * 4);
  let time = START_MS + Math.floor(next() * DAYS * DAY_MS);
  for (let number = 0; number < sessions; number++) {
    time += Math.floor((0.3 + 5 * next()) * DAY_MS);
    time = session(next, who, `${who.name}-${number}`, shop, time, out);
  }
  return out;
}

/** One visit of a few searches; returns when it ended. */
function session(next, who, session, shop, start, out) {
  let time = start;
  const searches = pick(next, [1, 2, 3, 4]);
  for (let number = 0; number < searches; number++) {
    const wanted = intention(next, who, shop.products);
    const shown = shop.search(wanted.query);
    if (shown.length < 2) continue;
    const ranking = `${session}-${number}`;
    const asked = wanted.query === undefined ? [] : [{ name: "query", value: wanted.query }];
    const items = shown.map(({ id }) => ({ id }));
    const common = { user: who.name, session, fields: [SIMULATED] };
    out.push({ time, event: "ranking", id: ranking, ...common, fields: [...asked, SIMULATED], items });
    for (const { type, item } of reactions(next, who, wanted, shown)) {
      time += 4000 + Math.floor(next() * 30_000);
      out.push({ time, event: "interaction", type, item: item.id, ranking, ...common });
    }
    time += 20_000 + Math.floor(next() * 120_000);
  }
  return time;
}
