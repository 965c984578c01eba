// The ranker on onnxruntime-web's WebAssembly backend, one thread.
import * as ort from "onnxruntime-web/wasm";

/** Opens a model; `wasm` is the folder that serves the runtime's files. */
export async function open(model, wasm) {
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmPaths = wasm;
  return ort.InferenceSession.create(model, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
}

/** A function that runs the model on `inputs` and reads the result. */
export function runner(session, inputs) {
  const tensor = ({ shape, data }) => new ort.Tensor(data instanceof Int32Array ? "int32" : "float32", data, shape);
  const feeds = Object.fromEntries(session.inputNames.map((name) => [name, tensor(inputs[name])]));
  const [output] = session.outputNames;
  return async () => (await session.run(feeds))[output].data;
}
