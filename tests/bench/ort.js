// The ranker on onnxruntime-web, one thread.

/** Functions for the package `ort` with the backend `provider`: `open` returns a session, `runner` a function that runs it. */
export const onnxRuntime = (ort, provider) => ({
  /** Opens a model; `wasm` is the folder of the runtime's files. */
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
