// Reads how many tests passed and failed from what a test runner printed.

const ANSI = /\x1b\[[0-9;]*m/g;

/** One pattern per runner's summary: [what the line looks like, its passed, its failed]. Runs add up. */
const RUNNERS = [
  // cargo nextest: "Summary [ 1.2s] 29 tests run: 27 passed (1 slow), 1 failed, 1 timed out, 0 skipped"
  { line: /tests? run: .*passed/, passed: /(\d+) passed/, failed: /(\d+) (?:failed|timed out|exec failed)/g },
  // cargo test: "test result: ok. 3 passed; 0 failed; 0 ignored"
  { line: /^test result: /, passed: /(\d+) passed/, failed: /(\d+) failed/g },
  // vitest: "Tests  1 failed | 12 passed (13)"
  { line: /^\s*Tests\s+\d+ /, passed: /(\d+) passed/, failed: /(\d+) failed/g },
  // node:test: "# pass 5" and "# fail 0", or with an information sign
  { line: /^(?:#|ℹ) (?:pass|fail) \d+$/, passed: /pass (\d+)/, failed: /fail (\d+)/g },
];

/** Totals over every summary in `output`; both 0 where there is none. */
export function countTests(output) {
  const total = { passed: 0, failed: 0 };
  for (const line of output.replace(ANSI, "").split(/\r?\n/)) {
    const runner = RUNNERS.find((candidate) => candidate.line.test(line));
    if (!runner) continue;
    total.passed += Number(runner.passed.exec(line)?.[1] ?? 0);
    for (const [, count] of line.matchAll(runner.failed)) total.failed += Number(count);
  }
  return total;
}

/** What a stage adds to the total: its tests, or itself; a stage that broke fails even if every test it ran passed. */
export function countStage(stage, ok, output) {
  const { passed, failed } = stage.tests ? countTests(output) : { passed: 0, failed: 0 };
  if (passed + failed === 0) return ok ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
  return { passed, failed: ok ? failed : Math.max(failed, 1) };
}
