import { describe, expect, it } from "vitest";

import { isMissing, predictionInterval, tInterval } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

describe("predictionInterval", () => {
  it("is t times sd times sqrt(1/n + 1/m)", () => {
    // sd 1, t quantile 4.303: 4.303 * sqrt(1/3 + 1/1) = 4.968.
    expect(predictionInterval([2, 3, 4], { runs: 1 })).toMatchObject({
      mean: 3,
      half: expect.closeTo(4.968, 3),
    });
  });

  it("comes down to the interval of the mean for very many runs, and never below", () => {
    const own = tInterval([2, 3, 4]);
    const next = predictionInterval([2, 3, 4], { runs: 1e9 });
    if (isMissing(own) || isMissing(next)) throw new Error("both are there");
    expect(next.half).toBeCloseTo(own.half, 6);
    expect(next.half).toBeGreaterThan(own.half);
  });

  it("holds the mean of further runs as often as it says", () => {
    const random = seeded(31);
    const repetitions = 4000;
    let held = 0;
    for (let i = 0; i < repetitions; i++) {
      const found = predictionInterval(normals(random, 6), { runs: 2 });
      const [a = 0, b = 0] = normals(random, 2);
      const mean = (a + b) / 2;
      if (!isMissing(found) && found.low <= mean && mean <= found.high) held++;
    }
    const share = held / repetitions;
    // Four standard errors of the simulated share.
    expect(Math.abs(share - 0.95)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / repetitions));
  });

  it("gives a reason for one value, and refuses no runs", () => {
    expect(predictionInterval([1], { runs: 2 })).toMatchObject({ reason: "TOO_FEW_RUNS" });
    expect(() => predictionInterval([1, 2], { runs: 0 })).toThrow(
      /runs must be a whole number of at least 1, found 0/,
    );
  });
});
