// Counts passed, failed and skipped tests from a test runner's output.

const ANSI = /\x1b\[[0-9;]*m/g;

/** One entry per runner: what its summary line looks like, and the counts in it. Several summaries add up. */
const RUNNERS = [
  // cargo nextest: "Summary [ 1.2s] 29 tests run: 27 passed (1 slow), 1 failed, 1 timed out, 0 skipped"
  { line: /tests? run: .*passed/, passed: /(\d+) passed/g, failed: /(\d+) (?:failed|timed out|exec failed)/g, skipped: /(\d+) skipped/g },
  // cargo test: "test result: ok. 3 passed; 0 failed; 0 ignored"
  { line: /^test result: /, passed: /(\d+) passed/g, failed: /(\d+) failed/g, skipped: /(\d+) ignored/g },
  // vitest: "Tests  1 failed | 12 passed | 2 skipped (15)"
  { line: /^\s*Tests\s+\d+ /, passed: /(\d+) passed/g, failed: /(\d+) failed/g, skipped: /(\d+) (?:skipped|todo)/g },
  // node:test: "# pass 5", "# fail 0" and "# skipped 1", or with an information sign
  { line: /^(?:#|ℹ) (?:pass|fail|skipped) \d+$/, passed: /pass (\d+)/g, failed: /fail (\d+)/g, skipped: /skipped (\d+)/g },
];

/** Totals over every summary in `output`; all 0 without one. */
export function countTests(output) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const line of output.replace(ANSI, "").split(/\r?\n/)) {
    const runner = RUNNERS.find((candidate) => candidate.line.test(line));
    if (!runner) continue;
    for (const kind of Object.keys(total)) {
      for (const [, count] of line.matchAll(runner[kind])) total[kind] += Number(count);
    }
  }
  return total;
}

/**
 * What a stage adds to the total: its tests, or itself. A stage that breaks fails even if every test it ran passed.
 *
 * `skips` has a line for each test that skipped itself at run time, which its runner counts as passed
 * (`crates/test-support`).
 */
export function countStage(stage, ok, output, skips = "") {
  const { passed, failed, skipped } = stage.tests ? countTests(output) : { passed: 0, failed: 0, skipped: 0 };
  if (passed + failed === 0) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped };
  const atRunTime = Math.min(passed, skips.split("\n").filter(Boolean).length);
  return { passed: passed - atRunTime, failed: ok ? failed : Math.max(failed, 1), skipped: skipped + atRunTime };
}
