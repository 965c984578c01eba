import * as ort from "onnxruntime-web/wasm";
import { onnxRuntime } from "./ort.js";

export const { open, runner } = onnxRuntime(ort, "wasm");
