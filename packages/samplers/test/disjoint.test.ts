import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { disjoint, samplers, type SamplerName } from "../src/index.ts";

describe("disjoint", () => {
  it("gives sets of the asked length that share no index", () => {
    const names = Object.keys(samplers) as SamplerName[];
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...names), { minLength: 0, maxLength: 5 }),
        fc.integer({ min: 0, max: 15 }),
        fc.nat(),
        (chosen, count, seed) => {
          const candidates = Int32Array.from({ length: Math.max(1, chosen.length * count) }, (_, i) => 3 * i);
          const statistics = {
            labels: Int32Array.from({ length: 300 }, (_, i) => i % 7),
            losses: Float32Array.from({ length: 300 }, (_, i) => i % 5),
            features: Float32Array.from({ length: 600 }, (_, i) => Math.cos(i * i)),
            featureWidth: 2,
            support: Int32Array.of(1, 299),
          };
          const draw = (): Int32Array[] =>
            disjoint(
              chosen.map((name) => samplers[name]),
              candidates,
              count,
              { rng: createRng(seed), statistics },
            );
          const sets = draw();
          expect(sets.map((set) => set.length)).toEqual(chosen.map(() => count));
          expect(new Set(sets.flatMap((set) => Array.from(set))).size).toBe(chosen.length * count);
          expect(draw()).toEqual(sets);
        },
      ),
    );
  });

  it("says how many candidates are missing", () => {
    const run = (): unknown =>
      disjoint([samplers.uniform, samplers.uniform], Int32Array.of(1, 2, 3), 2, {
        rng: createRng(1),
        statistics: { labels: [] },
      });
    expect(run).toThrow("2 sets of 2 need 4 candidates, found 3");
  });
});
