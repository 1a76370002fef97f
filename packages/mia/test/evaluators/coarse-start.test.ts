import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { coarseStart } from "../../src/evaluators/coarse-start.ts";
import { fitSvc } from "../../src/evaluators/index.ts";
import { kernelRows } from "../../src/evaluators/kernel-rows.ts";
import { kernelSums } from "../../src/evaluators/kernel-sums.ts";
import { solveSmo } from "../../src/evaluators/smo.ts";

const rng = createRng(8);
const probabilities = (name: string, size: number, mean: number): Float64Array =>
  Float64Array.from(rng.split(name).normals(size, 2), (z) => 1 / (1 + Math.exp(-(z + mean)))).sort();
const direct = (points: Float64Array, coefficients: Float64Array, gamma: number): Float64Array =>
  points.map((x) =>
    coefficients.reduce((total, c, l) => total + c * Math.exp(-gamma * (x - (points[l] as number)) ** 2), 0),
  );

describe("kernelSums", () => {
  const points = probabilities("sums", 300, 0);
  const coefficients = Float64Array.from(rng.split("coefficients").normals(300, 3));

  it.each([0.1, 1, 50, 1e6])("equals the direct sums for gamma %d", (gamma) => {
    const found = kernelSums(points, coefficients, { gamma, tolerance: 1e-6 });
    direct(points, coefficients, gamma).forEach((sum, k) => expect(found[k]).toBeCloseTo(sum, 5));
  });

  it("stands at a single place", () => {
    const [sum] = kernelSums(Float64Array.of(0.5, 0.5), Float64Array.of(1, 2), { gamma: 1, tolerance: 1e-6 });
    expect(sum).toBe(3);
  });
});

describe("coarseStart", () => {
  const size = 1500;
  const points = Float64Array.from([
    ...probabilities("members", size, 2),
    ...probabilities("others", size, 1),
  ]);
  const labels = Int8Array.from(points, (_, k) => (k < size ? 1 : -1));
  const bounds = new Float64Array(2 * size).fill(3);
  const limits = { gamma: 1, tolerance: 1e-3, maxIterations: 1e6 };
  const start = coarseStart({ points, labels, bounds }, limits);

  it("is within the bounds, sums to 0 and has its own errors", () => {
    const { coefficients, errors } = start;
    coefficients.forEach((c, k) => {
      const signed = c * (labels[k] as number);
      expect(signed >= 0 && signed <= 3).toBe(true);
    });
    expect(coefficients.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
    const sums = direct(points, coefficients, 1);
    for (let k = 0; k < 2 * size; k += 97) {
      expect(errors[k]).toBeCloseTo((sums[k] as number) - (labels[k] as number), 6);
    }
  });

  it("leads to the solution of a start from nothing, in far fewer steps", () => {
    const problem = { row: kernelRows(points, 1, { gamma: 1 }), labels, bounds, ...limits };
    const [cold, warm] = [solveSmo(problem), solveSmo({ ...problem, start })];
    expect(warm.iterations).toBeLessThan(cold.iterations / 4);
    const [a, b] = [cold, warm].map(({ coefficients, offset }) =>
      direct(points, coefficients, 1).map((value) => value + offset),
    ) as [Float64Array, Float64Array];
    // Both stop at a violation of 1e-3.
    a.forEach((value, k) => expect(Math.abs(value - (b[k] as number))).toBeLessThan(5e-3));
    expect(b.filter((value, k) => value > 0 !== (a[k] as number) > 0 && Math.abs(value) > 5e-3)).toHaveLength(
      0,
    );
  });

  it("serves fitSvc from 4,000 different points on, in whatever order they come", () => {
    const line = (values: Float64Array) => ({ values, dimensions: 1 });
    const [members, others] = [probabilities("many members", 2100, 3), probabilities("many others", 2100, 1)];
    const queries = line(Float64Array.of(0.1, 0.6, 0.9, 0.99));
    const svc = fitSvc(line(members), line(others));
    expect(svc.iterations).toBeLessThan(1000);
    const turned = fitSvc(line(members.slice().reverse()), line(others.slice().reverse()));
    expect(turned.decide(queries)).toEqual(svc.decide(queries));
  });
});
