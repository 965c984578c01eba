// Builds the ranker's ONNX graph.
import { onnx } from "onnx-proto";

const FLOAT = onnx.TensorProto.DataType.FLOAT;
const INT32 = onnx.TensorProto.DataType.INT32;

/** The bytes of a model that computes `forward` on inputs with the shapes of `example`; the number of items is dynamic. */
export function model(forward, weights, example, options) {
  const nodes = [];
  const initializers = new Map();
  let names = 0;
  const node = (opType, input, attribute = []) => {
    const output = `value_${names++}`;
    nodes.push({ opType, input, output: [output], attribute });
    return output;
  };
  const int = (name, i) => ({ name, type: onnx.AttributeProto.AttributeType.INT, i });
  const constant = (name, shape, data, dataType = FLOAT) => {
    const values = dataType === FLOAT ? { floatData: [...data] } : { int64Data: [...data] };
    if (!initializers.has(name)) initializers.set(name, { name, dims: shape, dataType, ...values });
    return name;
  };
  const integers = (values) => constant(`integers_${values}`, [values.length], values, onnx.TensorProto.DataType.INT64);
  const param = (name) => constant(name, weights[name].shape, weights[name].data);
  const has = (name) => name in weights;
  const ops = {
    has,
    param,
    linear(x, name, relu) {
      const value = has(`${name}.bias`) ? node("Gemm", [x, param(`${name}.weight`), param(`${name}.bias`)]) : node("MatMul", [x, param(`${name}.weight`)]);
      return relu ? node("Relu", [value]) : value;
    },
    add: (a, b) => node("Add", [a, b]),
    mul: (a, b) => node("Mul", [a, b]),
    concat: (parts, axis) => node("Concat", parts, [int("axis", axis)]),
    sum: (x, axis) => node("ReduceSum", [x, integers([axis])], [int("keepdims", 1)]),
    softmax: (x, axis) => node("Softmax", [x], [int("axis", axis)]),
    sigmoid: (x) => node("Sigmoid", [x]),
    gather: (x, index) => node("Gather", [x, index]),
    column: (x, i) => node("Slice", [x, integers([i]), integers([i + 1]), integers([1])]),
  };
  const given = Object.keys(example);
  const result = node("Identity", [forward(ops, Object.fromEntries(given.map((name) => [name, name])), options)]);
  const used = new Set(nodes.flatMap(({ input }) => input));
  const value = (name, elemType, shape) => ({
    name,
    type: { tensorType: { elemType, shape: { dim: shape.map((size) => (size === undefined ? { dimParam: "n" } : { dimValue: size })) } } },
  });
  // The number of rows is dynamic, except where it is 1.
  const free = ([rows, ...rest]) => [rows === 1 ? 1 : undefined, ...rest];
  const dims = (name, { shape }) => (["session", "kinds", "recency"].includes(name) ? shape : free(shape));
  return onnx.ModelProto.encode({
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    producerName: "windowshop-bench",
    graph: {
      name: "ranker",
      node: nodes,
      initializer: [...initializers.values()],
      input: given.filter((name) => used.has(name)).map((name) => value(name, example[name].data instanceof Int32Array ? INT32 : FLOAT, dims(name, example[name]))),
      output: [value(result, FLOAT, [undefined, 1])],
    },
  }).finish();
}
