import type { PhotoArrays } from "./core";

/**
 * What a network says of several views of one photo, averaged: the mean of the embeddings, each of length one, brought back
 * to that length, and the mean of the probabilities.
 */
export function meanOf(views: PhotoArrays[]): PhotoArrays {
  const mean = (of: (view: PhotoArrays) => Float32Array) => {
    const sums = new Float64Array(of(views[0]!).length);
    for (const view of views) of(view).forEach((value, i) => (sums[i]! += value / views.length));
    return sums;
  };
  const [embedding, probabilities] = [mean((view) => view.embedding), Float32Array.from(mean((view) => view.probabilities))];
  const length = Math.hypot(...embedding) || 1;
  return {
    classes: views[0]!.classes,
    named: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
    embedding: Float32Array.from(embedding, (value) => value / length),
  };
}
