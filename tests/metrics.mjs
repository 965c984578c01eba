// Ranking metrics by the trainer's protocol, implemented independently to check the trainer's.

/**
 * NDCG@10 of `order` (indexes, best first) with gain 2^g - 1. Items of equal score share their ranks: each counts the mean gain of the
 * tied items. A list without anything relevant counts 0.
 */
export function ndcg(grades, order, scores = [...grades.keys()], k = 10) {
  const gains = grades.map((grade) => 2 ** grade - 1);
  const dcg = (ranked) => ranked.slice(0, k).reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
  const expected = (index) => {
    const tied = gains.filter((_, other) => scores[other] === scores[index]);
    return tied.reduce((sum, gain) => sum + gain, 0) / tied.length;
  };
  const best = dcg([...gains].sort((a, b) => b - a));
  return best === 0 ? 0 : dcg(order.map(expected)) / best;
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
