// The ranker on onnxruntime-web, one thread.

/** `ort`: the onnxruntime-web package with the execution provider `provider`. */
export const onnxRuntime = (ort, provider) => ({
  /** Opens a model; `wasm` is the folder that serves the runtime's files. */
  open(model, wasm) {
    ort.env.wasm.numThreads = 1;
    ort.env.wasm.wasmPaths = wasm;
    return ort.InferenceSession.create(model, { executionProviders: [provider], graphOptimizationLevel: "all" });
  },
  /** A function that runs the model on `inputs` and reads the result. */
  runner(session, inputs) {
    const tensor = ({ shape, data }) => new ort.Tensor(data instanceof Int32Array ? "int32" : "float32", data, shape);
    const feeds = Object.fromEntries(session.inputNames.map((name) => [name, tensor(inputs[name])]));
    const [output] = session.outputNames;
    return async () => (await session.run(feeds))[output].getData();
  },
});
