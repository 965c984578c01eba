import { rm } from "node:fs/promises";

import { defineConfig } from "vite";

/** Removes training data from the build: the trainer's files are in the same folder as the store's photos. */
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
