import * as ort from "onnxruntime-web/webgpu";
import { onnxRuntime } from "./ort.js";

export const { open, runner } = onnxRuntime(ort, "webgpu");
