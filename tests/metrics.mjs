// Ranking metrics by the trainer's protocol, implemented independently to check the trainer's.

/** NDCG@10 of `order` (indexes, best first) with gain 2^g - 1; a list without relevant items counts 0. */
export function ndcg(gains, order, k = 10) {
  const dcg = (ranked) => ranked.slice(0, k).reduce((sum, g, i) => sum + (2 ** g - 1) / Math.log2(i + 2), 0);
  const best = dcg([...gains].sort((a, b) => b - a));
  return best === 0 ? 0 : dcg(order.map((index) => gains[index])) / best;
}

/** Number of pairs with different grades, and of those in the correct order; a tie of scores counts a half. */
export function pairwise({ grades, scores }) {
  let [correct, all] = [0, 0];
  for (let a = 0; a < grades.length; a++) {
    for (let b = 0; b < a; b++) {
      if (grades[a] === grades[b]) continue;
      all += 1;
      correct += scores[a] === scores[b] ? 0.5 : Number(scores[a] > scores[b] === grades[a] > grades[b]);
    }
  }
  return { correct, all };
}

/** Squared error of each score. */
export function squaredErrors({ grades, scores }) {
  return grades.map((grade, i) => (scores[i] - grade) ** 2);
}
