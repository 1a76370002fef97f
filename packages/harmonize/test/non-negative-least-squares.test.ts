import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { nonNegativeLeastSquares } from "../src/non-negative-least-squares.ts";
import { anyVectors, dot, norm } from "./vectors.ts";

describe("nonNegativeLeastSquares", () => {
  it("gives numbers that can be checked by hand", () => {
    const diagonal = [
      [1, 0],
      [0, 1],
    ];
    expect(nonNegativeLeastSquares(diagonal, [2, -3])).toEqual([2, 0]);
    // Unconstrained (3, -1); with x_2 held at 0 the first is 5/2.
    const coupled = [
      [2, 1],
      [1, 1],
    ];
    const [first, second] = nonNegativeLeastSquares(coupled, [5, 2]);
    expect(first).toBeCloseTo(2.5, 12);
    expect(second).toBe(0);
  });

  it("satisfies the conditions of a minimum, for dependent columns too", () => {
    fc.assert(
      fc.property(
        anyVectors(),
        fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 6, maxLength: 6 }),
        (vectors, b) => {
          const columns = vectors
            .map((v) => (norm(v) === 0 ? [1, ...v.slice(1)] : v))
            .map((v) => v.map((x) => x / norm(v)));
          const target = b.slice(0, columns[0]!.length);
          const q = columns.map((u) => columns.map((v) => dot(u, v)));
          const x = nonNegativeLeastSquares(
            q,
            columns.map((u) => dot(u, target)),
          );
          const residual = target.map(
            (value, c) => value - columns.reduce((total, u, i) => total + u[c]! * x[i]!, 0),
          );
          columns.forEach((u, i) => {
            expect(x[i]).toBeGreaterThanOrEqual(0);
            expect(dot(u, residual)).toBeLessThan(1e-5);
            if (x[i]! > 0) expect(Math.abs(dot(u, residual))).toBeLessThan(1e-5);
          });
        },
      ),
      { numRuns: 500 },
    );
  });
});
