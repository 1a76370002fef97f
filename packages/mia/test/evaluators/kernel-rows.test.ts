import { describe, expect, it } from "vitest";

import { kernelRows } from "../../src/evaluators/kernel-rows.ts";

const points = Float64Array.of(0, 0, 1, 0, 3, 4);

describe("kernelRows", () => {
  it("gives exp(-gamma |x_i - x_j|^2)", () => {
    const row = kernelRows(points, 2, { gamma: 0.5 });
    [1, Math.exp(-0.5), Math.exp(-12.5)].forEach((value, j) => expect(row(0)[j]).toBeCloseTo(value, 15));
    expect(row(2)[1]).toBeCloseTo(Math.exp(-0.5 * (4 + 16)), 15);
  });

  it("keeps the two rows used last, and makes a forgotten one again", () => {
    const row = kernelRows(points, 2, { gamma: 1, cacheBytes: 0 });
    const first = row(0);
    const wanted = [...first];
    row(1);
    expect([...first]).toEqual(wanted);
    row(2);
    expect([...row(0)]).toEqual(wanted);
  });
});
