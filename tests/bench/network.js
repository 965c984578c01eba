// The ranker's forward pass (crates/model/src/ranker.rs), shared by the runtimes of the benchmark: `ops` executes it (tfjs) or
// builds a graph (ONNX).

/** Groups by the names of their networks, in the engine's order. */
const HEADS = ["query_match", "session", "item_quality", "reviews", "visual", "shop_order", "intent"];

/**
 * `x` holds the inputs: `items` [n, item] (cold) or `encoded` [n, repr] (warm), `query` [1, query + context], `context`
 * [1, context], `match` [n, features + context], one [n, features] per further group, `session` and `kinds` [events].
 * Returns scores [n, 1].
 */
export function forward(ops, x, { cold, present }) {
  const { param, linear, add, mul, concat, sum, softmax, sigmoid, gather, column } = ops;
  const mlp = (name, input) => {
    let value = input;
    for (let i = 0; ops.has(`${name}.layers.${i}.weight`); i++) {
      value = linear(value, `${name}.layers.${i}`, ops.has(`${name}.layers.${i + 1}.weight`));
    }
    return value;
  };
  const encoded = cold ? mlp("item_encoder", x.items) : x.encoded;
  const query = mlp("query_encoder", x.query);
  const events = add(gather(encoded, x.session), gather(param("session_encoder.kinds"), x.kinds));
  const logits = add(linear(linear(events, "session_encoder.hidden", true), "session_encoder.attention", false), x.recency);
  const session = linear(sum(mul(events, softmax(logits, 0)), 0), "session_encoder.output", false);
  const byQuery = mul(encoded, query);
  const bySession = mul(encoded, session);
  const heads = {
    query_match: () => concat([x.match, byQuery], 1),
    session: () => concat([x.session_features, bySession, sum(bySession, 1)], 1),
    item_quality: () => x.item_quality,
    reviews: () => x.reviews,
    visual: () => x.visual,
    shop_order: () => x.shop_order,
    intent: () => x.intent,
  };
  const gates = sigmoid(linear(concat([x.context, query, session], 1), "gates", false));
  let scores = mlp("query_term", concat([x.context, query], 1));
  for (const [g, name] of HEADS.entries()) {
    if (!present[g]) continue;
    const gate = column(gates, g);
    scores = add(scores, mul(mlp(name, heads[name]()), add(gate, gate)));
  }
  return scores;
}

/** The inputs of {@link forward} from the engine's tensors: `{ name: { shape, data } }`, data Float32Array or Int32Array. */
export function inputs(tensors, handles, weights, cold) {
  const { items, encoded, query, context, groups, session, kinds } = tensors;
  const n = handles.length;
  const matrix = (data, rows = n) => ({ shape: [rows, data.length / rows], data });
  const [matches, sessionFeatures, quality, reviews, visual, order, intent] = groups;
  const width = matches.length / n;
  const match = new Float32Array(n * (width + context.length));
  for (let i = 0; i < n; i++) {
    match.set(matches.subarray(i * width, (i + 1) * width), i * (width + context.length));
    match.set(context, i * (width + context.length) + width);
  }
  const index = (values) => ({ shape: [values.length], data: Int32Array.from(values) });
  return {
    ...(cold ? { items: matrix(items) } : { encoded: matrix(encoded) }),
    query: matrix(Float32Array.from([...query, ...context]), 1),
    context: matrix(context, 1),
    match: matrix(match),
    session_features: matrix(sessionFeatures),
    item_quality: matrix(quality),
    reviews: matrix(reviews),
    visual: matrix(visual),
    shop_order: matrix(order),
    intent: matrix(intent),
    session: index([...session].map((handle) => handles.indexOf(handle))),
    kinds: index(kinds),
    recency: matrix(weights["session_encoder.recency"].data.slice(0, session.length), session.length),
  };
}
