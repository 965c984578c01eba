import { defineConfig } from "vite";

// The module brings its own worker and wasm files, found beside it: the development server must not move it.
export default defineConfig({ base: "./", build: { target: "es2022", assetsInlineLimit: 0 }, optimizeDeps: { exclude: ["windowshop"] }, worker: { format: "es" } });
