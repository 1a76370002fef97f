/** What one step of a test run amounts to. */
export interface StepCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Why a step without a failed test failed. */
  readonly reason?: string | undefined;
}
/** Counts of one vitest run from its JSON report (undefined when it wrote none) and its exit code. */
export function countVitest(report: unknown, exitCode: number): StepCounts;
/** The summary of all steps; its last line is the total. */
export function summary(
  steps: readonly (StepCounts & { readonly name: string; readonly wallMs: number })[],
): string;
/** The sum over all steps. */
export function total(steps: readonly StepCounts[]): { readonly passed: number; readonly failed: number };
