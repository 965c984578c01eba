import { rm } from "node:fs/promises";

import { defineConfig } from "vite";

/** The trainer's files lie beside the store's pictures; visitors have no use for them. */
const withoutTrainingData = {
  name: "without-training-data",
  async closeBundle() {
    for (const file of ["catalogue.jsonl", "events.jsonl", "hues"]) await rm(`dist/store/${file}`, { recursive: true, force: true });
  },
};

export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0 },
  // The module finds its worker and wasm files beside itself: the development server must not move it.
  optimizeDeps: { exclude: ["windowshop"] },
  worker: { format: "es" },
  plugins: [withoutTrainingData],
});
