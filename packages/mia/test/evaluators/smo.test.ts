import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { kernelRows } from "../../src/evaluators/kernel-rows.ts";
import { solveSmo } from "../../src/evaluators/smo.ts";

describe("solveSmo", () => {
  it("solves two points by hand: a = 1 / (1 - K) for both, offset 0", () => {
    const row = kernelRows(Float64Array.of(1, 0), 1, { gamma: 1 });
    const { coefficients, offset, offsetUnique } = solveSmo({
      row,
      labels: Int8Array.of(1, -1),
      bounds: Float64Array.of(3, 3),
      tolerance: 1e-9,
      maxIterations: 100,
    });
    const alpha = 1 / (1 - Math.exp(-1));
    expect(coefficients[0]).toBeCloseTo(alpha, 10);
    expect(coefficients[1]).toBeCloseTo(-alpha, 10);
    expect(offset).toBeCloseTo(0, 10);
    expect(offsetUnique).toBe(true);
  });

  it("satisfies the conditions of optimality within the tolerance", () => {
    const problem = fc.array(
      fc.record({
        x: fc.integer({ min: 0, max: 12 }).map((x) => x / 6),
        positive: fc.boolean(),
        bound: fc.constantFrom(0.5, 3, 9),
      }),
      { minLength: 2, maxLength: 24 },
    );
    fc.assert(
      fc.property(problem, (entries) => {
        const points = Float64Array.from(entries, ({ x }) => x);
        const labels = Int8Array.from(entries, ({ positive }) => (positive ? 1 : -1));
        const bounds = Float64Array.from(entries, ({ bound }) => bound);
        const row = kernelRows(points, 1, { gamma: 1 });
        const { coefficients, offset } = solveSmo({
          row,
          labels,
          bounds,
          tolerance: 1e-6,
          maxIterations: 1e6,
        });
        expect(coefficients.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
        coefficients.forEach((coefficient, i) => {
          const alpha = coefficient * (labels[i] as number);
          const bound = bounds[i] as number;
          const decision = coefficients.reduce((t, c, j) => t + c * (row(i)[j] as number), offset);
          const slack = (labels[i] as number) * decision - 1;
          expect(alpha).toBeGreaterThanOrEqual(0);
          expect(alpha).toBeLessThanOrEqual(bound);
          // With one class alone every coefficient stays 0 and the offset is free.
          if (!labels.includes(1) || !labels.includes(-1)) return;
          if (alpha < bound) expect(slack).toBeGreaterThanOrEqual(-1e-5);
          if (alpha > 0) expect(slack).toBeLessThanOrEqual(1e-5);
        });
      }),
    );
  });

  it("says so when it may not take enough steps", () => {
    expect(() =>
      solveSmo({
        row: kernelRows(Float64Array.of(0, 0.1, 0.2, 0.3), 1, { gamma: 1 }),
        labels: Int8Array.of(1, -1, 1, -1),
        bounds: new Float64Array(4).fill(3),
        tolerance: 1e-9,
        maxIterations: 1,
      }),
    ).toThrow(expect.objectContaining({ code: "DIVERGED" }));
  });
});
