import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeSampler } from "../src/contract/index.ts";
import { uniform } from "../src/index.ts";
import { chiSquareEqual } from "./chi-square.ts";

describe("uniform", () => {
  describeSampler(uniform);

  it("draws every pair equally often", () => {
    const counts = new Map<string, number>();
    const root = createRng(5);
    for (let trial = 0; trial < 6000; trial++) {
      const pair = uniform(Int32Array.of(2, 4, 6, 8), 2, {
        rng: root.split(trial),
        statistics: { labels: [] },
      });
      const key = pair.toSorted().join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // 5 degrees of freedom: 20.5 is passed by chance once in a thousand seeds; this seed is fixed.
    expect(chiSquareEqual([...counts.values()])).toBeLessThan(20.5);
  });
});
