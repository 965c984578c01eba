// The ranker's forward pass for every runtime that the benchmark compares: `ops` executes it (tfjs) or builds a graph (ONNX).
// It is the computation of crates/model/src/ranker.rs.
import { GROUPS } from "../../web/src/schema";

/** Name of a group's input. */
const input = (group) => `columns_${group}`;

/**
 * What a group's head reads, as `HeadInput` in crates/features/src/group.rs, from the width of its first layer:
 * "columns", "query" (columns, context, query * item) or "session" (columns, session * item, sum of that).
 */
export function heads({ features }, weights) {
  const repr = weights["session_encoder.kinds"].shape[1];
  return Object.fromEntries(GROUPS.map((group) => {
    const columns = features.columns[group].length;
    const width = weights[`${group}.layers.0.weight`].shape[0];
    const widths = { columns, query: columns + features.context.length + repr, session: columns + repr + 1 };
    const head = Object.keys(widths).find((name) => widths[name] === width);
    if (!head) throw new Error(`${group}: its head reads ${width} inputs, expected one of ${JSON.stringify(widths)}`);
    return [group, head];
  }));
}

/**
 * `x` holds the inputs: `items` [n, item] (cold) or `encoded` [n, repr] (warm), `query` [1, query + context], `context`
 * [1, context], `columns_<group>` [n, columns] for each group, with the context appended for a "query" head, `session` and
 * `kinds` [events]. `heads` is the result of {@link heads}. Returns scores [n, 1].
 */
export function forward(ops, x, { cold, present, heads }) {
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
  const inputs = {
    columns: (columns) => columns,
    query: (columns) => concat([columns, byQuery], 1),
    session: (columns) => concat([columns, bySession, sum(bySession, 1)], 1),
  };
  const gates = sigmoid(linear(concat([x.context, query, session], 1), "gates", false));
  let scores = mlp("query_term", concat([x.context, query], 1));
  for (const [g, group] of GROUPS.entries()) {
    if (!present[g]) continue;
    const gate = column(gates, g);
    scores = add(scores, mul(mlp(group, inputs[heads[group]](x[input(group)])), add(gate, gate)));
  }
  return scores;
}

/** The inputs of {@link forward} from the engine's tensors: `{ name: { shape, data } }`, data Float32Array or Int32Array. */
export function inputs(tensors, handles, weights, { cold, heads }) {
  const { items, encoded, query, context, groups, session, kinds } = tensors;
  const n = handles.length;
  const matrix = (data, rows = n) => ({ shape: [rows, data.length / rows], data });
  const withContext = (values) => {
    const width = values.length / n;
    const rows = new Float32Array(n * (width + context.length));
    for (let i = 0; i < n; i++) {
      rows.set(values.subarray(i * width, (i + 1) * width), i * (width + context.length));
      rows.set(context, i * (width + context.length) + width);
    }
    return rows;
  };
  const columns = GROUPS.map((group, g) => [input(group), matrix(heads[group] === "query" ? withContext(groups[g]) : groups[g])]);
  const index = (values) => ({ shape: [values.length], data: Int32Array.from(values) });
  return {
    ...(cold ? { items: matrix(items) } : { encoded: matrix(encoded) }),
    query: matrix(Float32Array.from([...query, ...context]), 1),
    context: matrix(context, 1),
    ...Object.fromEntries(columns),
    session: index([...session].map((handle) => handles.indexOf(handle))),
    kinds: index(kinds),
    recency: matrix(weights["session_encoder.recency"].data.slice(0, session.length), session.length),
  };
}
