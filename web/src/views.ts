import type { ImagePredictionArrays } from "./core";

/**
 * Averages the predictions for several views of one photo: the mean embedding, normalised to length 1, and the mean
 * probabilities.
 */
export function meanOf(views: ImagePredictionArrays[]): ImagePredictionArrays {
  const mean = (of: (view: ImagePredictionArrays) => Float32Array) => {
    const sums = new Float64Array(of(views[0]!).length);
    for (const view of views) of(view).forEach((value, i) => (sums[i]! += value / views.length));
    return sums;
  };
  const [embedding, probabilities] = [mean((view) => view.embedding), Float32Array.from(mean((view) => view.probabilities))];
  const length = Math.hypot(...embedding) || 1;
  return {
    classes: views[0]!.classes,
    predicted: probabilities.indexOf(Math.max(...probabilities)),
    probabilities,
    embedding: Float32Array.from(embedding, (value) => value / length),
  };
}
