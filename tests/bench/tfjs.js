// The ranker on tfjs's WebAssembly backend, one thread.
import * as tf from "@tensorflow/tfjs-core";
import { setThreadsCount, setWasmPaths } from "@tensorflow/tfjs-backend-wasm";

/** Starts the backend; `wasm` is the folder of its files. */
export async function start(wasm) {
  setWasmPaths(wasm);
  setThreadsCount(1);
  await tf.setBackend("wasm");
  await tf.ready();
}

/** A function that computes `forward` on `inputs` and reads the result. */
export function runner(forward, weights, inputs, options) {
  const variables = new Map(Object.entries(weights).map(([name, { shape, data }]) => [name, tf.tensor(data, shape)]));
  const given = Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, data }]) => [name, tf.tensor(data, shape, data instanceof Int32Array ? "int32" : "float32")]),
  );
  const ops = {
    has: (name) => variables.has(name),
    param: (name) => variables.get(name),
    linear: (a, name, relu) => tf.fused.matMul({ a, b: variables.get(`${name}.weight`), bias: variables.get(`${name}.bias`), activation: relu ? "relu" : "linear" }),
    add: tf.add,
    mul: tf.mul,
    concat: tf.concat,
    sum: (x, axis) => tf.sum(x, axis, true),
    // tfjs supports softmax along the last axis only.
    softmax: (x) => tf.transpose(tf.softmax(tf.transpose(x))),
    sigmoid: tf.sigmoid,
    gather: (x, index) => tf.gather(x, index),
    column: (x, i) => tf.slice(x, [0, i], [1, 1]),
  };
  return () => tf.tidy(() => forward(ops, given, options).dataSync());
}
