// What a test run amounts to. A run that ran nothing, or died before it could report, has failed.

/**
 * Counts of one vitest run from its JSON report (undefined when it wrote none) and its exit code.
 *
 * @returns `{ passed, failed, skipped, reason }`; `reason` says in one sentence why a run without a failed test failed.
 */
export function countVitest(report, exitCode) {
  if (report === undefined) {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      reason: `vitest ended with code ${exitCode} and wrote no report`,
    };
  }
  const passed = report.numPassedTests;
  const skipped = report.numPendingTests + report.numTodoTests;
  // A file that cannot be loaded holds no failed test, and must count all the same.
  const broken = report.testResults.filter(
    (file) => file.status === "failed" && !file.assertionResults.some((test) => test.status === "failed"),
  ).length;
  const failed = report.numFailedTests + broken;
  if (failed === 0 && passed === 0) return { passed, failed: 1, skipped, reason: "no test ran" };
  if (failed === 0 && exitCode !== 0) {
    return { passed, failed: 1, skipped, reason: `every test passed and vitest ended with code ${exitCode}` };
  }
  return {
    passed,
    failed,
    skipped,
    reason: broken > 0 ? `${broken} test files could not be loaded` : undefined,
  };
}

/** The summary of all steps (`{ name, passed, failed, skipped, wallMs, reason }`); its last line is the total. */
export function summary(steps) {
  const width = Math.max(...steps.map(({ name }) => name.length));
  const rows = steps.map(({ name, passed, failed, skipped, wallMs, reason }) => {
    const seconds = `${(wallMs / 1000).toFixed(1)} s`.padStart(8);
    const counts = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
    return `${failed > 0 ? "FAIL" : "ok  "} ${name.padEnd(width)} ${seconds}  ${counts}${reason ? ` (${reason})` : ""}`;
  });
  const { passed, failed } = total(steps);
  return [...rows, `${passed} passed, ${failed} failed`].join("\n");
}

/** The sum over all steps; no step at all, or steps that ran nothing, count as a failure. */
export function total(steps) {
  const passed = steps.reduce((sum, step) => sum + step.passed, 0);
  const failed = steps.reduce((sum, step) => sum + step.failed, 0);
  return { passed, failed: passed + failed === 0 ? 1 : failed };
}
