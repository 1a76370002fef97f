import { describe, expect, it } from "vitest";

import { countVitest, summary, total } from "../test-results.mjs";

const report = (counts: object, testResults: unknown[] = []): unknown => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults,
  ...counts,
});

describe("countVitest", () => {
  it("counts tests", () => {
    const counts = countVitest(report({ numPassedTests: 5, numFailedTests: 2, numPendingTests: 1 }), 1);
    expect(counts).toEqual({ passed: 5, failed: 2, skipped: 1, reason: undefined });
  });

  it("takes a run without a test for a failure, whatever its exit code", () => {
    expect(countVitest(report({}), 0)).toMatchObject({ failed: 1, reason: "no test ran" });
    expect(countVitest(report({ numPendingTests: 9 }), 0)).toMatchObject({
      failed: 1,
      reason: "no test ran",
    });
  });

  it("takes a missing report for a failure", () => {
    expect(countVitest(undefined, 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  it("takes a file that cannot be loaded for a failure", () => {
    const files = [{ status: "failed", assertionResults: [] }];
    expect(countVitest(report({ numPassedTests: 3 }, files), 1)).toMatchObject({ passed: 3, failed: 1 });
  });

  it("takes an error outside of every test for a failure", () => {
    expect(countVitest(report({ numPassedTests: 3 }), 1)).toMatchObject({ passed: 3, failed: 1 });
  });
});

describe("summary", () => {
  it("ends with the plain total", () => {
    const steps = [
      { name: "check lint", passed: 1, failed: 0, skipped: 0, wallMs: 1500 },
      { name: "tests unit", passed: 20, failed: 2, skipped: 1, wallMs: 3000 },
    ];
    const lines = summary(steps).split("\n");
    expect(lines.at(-1)).toBe("21 passed, 2 failed");
    expect(lines[1]).toBe("FAIL tests unit    3.0 s  20 passed, 2 failed, 1 skipped");
  });

  it("of nothing is a failure", () => {
    expect(total([])).toEqual({ passed: 0, failed: 1 });
  });
});
