// The event log of the simulated visitors, in metarank's format, oldest first.

import { firstStage } from "../src/first-stage.mjs";
import { pick, stream } from "./random.mjs";
import { LIST_LENGTH, reactions, searchOf, visitor } from "./visitors.mjs";

const START_MS = Date.UTC(2025, 8, 1);
const DAY_MS = 86_400_000;
const DAYS = 60;
const SIMULATED = { name: "simulated", value: true };

/** Simulates `visitors` visitors to a shop with the items `skus`. */
export function simulate(seed, skus, visitors) {
  const search = firstStage(skus);
  const byId = new Map(skus.map((sku) => [sku.id, sku]));
  const products = [...new Set(skus.map(({ product }) => product))];
  const categories = [...new Set(products.map(({ category }) => category))];
  const shop = { products, search: (query) => search(query ?? "", LIST_LENGTH).map((id) => byId.get(id)) };
  const events = Array.from({ length: visitors }, (_, number) => visits(seed, visitor(seed, number, categories), shop)).flat();
  // Array.prototype.sort is stable: events of the same time keep the visitors' order.
  return events.sort((a, b) => a.time - b.time).map(({ time, event, ...rest }, row) => ({
    event,
    id: rest.id ?? `i${row}`,
    timestamp: new Date(time).toISOString(),
    ...rest,
  }));
}

function visits(seed, user, shop) {
  const next = stream(seed, "visits", user.name);
  const out = [];
  const sessions = 1 + Math.floor(next() * 4);
  let time = START_MS + Math.floor(next() * DAYS * DAY_MS);
  for (let number = 0; number < sessions; number++) {
    time += Math.floor((0.3 + 5 * next()) * DAY_MS);
    time = session(next, user, `${user.name}-${number}`, shop, time, out);
  }
  return out;
}

/** One visit with a few searches; returns its end time. */
function session(next, user, session, shop, start, out) {
  let time = start;
  const searches = pick(next, [1, 2, 3, 4]);
  for (let number = 0; number < searches; number++) {
    const wanted = searchOf(next, user, shop.products);
    const shown = shop.search(wanted.query);
    if (shown.length < 2) continue;
    const ranking = `${session}-${number}`;
    const query = wanted.query === undefined ? [] : [{ name: "query", value: wanted.query }];
    const items = shown.map(({ id }) => ({ id }));
    const common = { user: user.name, session, fields: [SIMULATED] };
    out.push({ time, event: "ranking", id: ranking, ...common, fields: [...query, SIMULATED], items });
    for (const { type, item } of reactions(next, user, wanted, shown)) {
      time += 4000 + Math.floor(next() * 30_000);
      out.push({ time, event: "interaction", type, item: item.id, ranking, ...common });
    }
    time += 20_000 + Math.floor(next() * 120_000);
  }
  return time;
}
