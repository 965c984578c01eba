import assert from "node:assert/strict";
import { test } from "node:test";

import { countStage, countTests } from "./counts.mjs";

test("every runner's summary is counted, and runs add up", () => {
  const output = [
    "     \x1b[32;1mSummary\x1b[0m [   0.404s] \x1b[1m29\x1b[0m tests run: \x1b[1m26\x1b[0m passed (1 slow), 2 failed, 1 timed out, 4 skipped",
    "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
    " Test Files  2 passed (2)",
    "      Tests  1 failed | 12 passed | 2 skipped (15)",
    "      Tests  4 passed (4)",
    "ℹ tests 6",
    "ℹ pass 5",
    "ℹ fail 1",
    "ℹ skipped 7",
  ].join("\n");
  assert.deepEqual(countTests(output), { passed: 26 + 3 + 12 + 4 + 5, failed: 3 + 1 + 1, skipped: 4 + 1 + 2 + 7 });
});

test("a stage without tests counts as one", () => {
  assert.deepEqual(countStage({}, true, "3 passed"), { passed: 1, failed: 0, skipped: 0 });
  assert.deepEqual(countStage({}, false, ""), { passed: 0, failed: 1, skipped: 0 });
});

test("a stage that breaks fails even if every test it ran passed", () => {
  assert.deepEqual(countStage({ tests: true }, false, "# pass 5\n# fail 0"), { passed: 5, failed: 1, skipped: 0 });
  assert.deepEqual(countStage({ tests: true }, false, "error: could not compile"), { passed: 0, failed: 1, skipped: 0 });
});

test("a test that skips itself counts as skipped, not as passed", () => {
  const skips = "a_gpu_agrees: no GPU\nreal_clicks: ../shared/data/clicks is absent\n";
  assert.deepEqual(countStage({ tests: true }, true, "test result: ok. 5 passed; 0 failed; 1 ignored", skips), { passed: 3, failed: 0, skipped: 3 });
});
