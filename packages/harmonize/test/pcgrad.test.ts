import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { harmonizeWeights, pcgrad } from "../src/index.ts";
import {
  anyVectors,
  combined,
  degenerateVectors,
  distance,
  dot,
  gramOf,
  largest,
  realVectors,
} from "./vectors.ts";

/** The published algorithm on the vectors themselves. */
function surgery(vectors: readonly (readonly number[])[], orders: readonly (readonly number[])[]): number[] {
  const total = vectors[0]!.map(() => 0);
  vectors.forEach((own, i) => {
    let g = [...own];
    for (const j of orders[i]!) {
      const other = vectors[j]!;
      const conflict = dot(g, other);
      if (j !== i && conflict < 0)
        g = g.map((value, c) => value - (conflict / dot(other, other)) * other[c]!);
    }
    g.forEach((value, c) => (total[c] = total[c]! + value));
  });
  return total;
}

describe("pcgrad", () => {
  it("gives numbers that can be checked by hand", () => {
    // g_1 = (1, 0), g_2 = (-1, 1): each loses its part against the other one.
    expect(pcgrad([1, -1, -1, 2], { order: "ascending" })).toEqual([2, 1.5]);
    expect(pcgrad([1, 1, 1, 2], { order: "ascending" })).toEqual([1, 1]);
    expect(pcgrad([0, 0, 0, 2], { order: "descending" })).toEqual([1, 1]);
  });

  it.each(["ascending", "descending"] as const)("is the published algorithm in %s order", (order) => {
    fc.assert(
      fc.property(realVectors(), (vectors) => {
        const ascending = vectors.map((_, i) => i);
        const visits = order === "ascending" ? ascending : ascending.toReversed();
        const wanted = surgery(
          vectors,
          vectors.map(() => visits),
        );
        const got = combined(vectors, pcgrad(gramOf(vectors), { order }));
        expect(distance(got, wanted)).toBeLessThan(1e-6 * (1 + largest(vectors)));
      }),
      // An inner product that is zero but for rounding may be judged either way, so near-dependent sets are rare here.
      { numRuns: 200, seed: 1 },
    );
  });

  it("draws an order of its own for each gradient, the same ones from the same stream", () => {
    const vectors = [
      [1, 0, 0.3],
      [-0.9, 0.5, 0.1],
      [-0.2, -0.8, 0.4],
      [0.1, 0.2, -0.7],
    ];
    const rng = createRng(3).split("step/1");
    const drawn = pcgrad(gramOf(vectors), { rng });
    rng.uniform();
    expect(pcgrad(gramOf(vectors), { rng })).toEqual(drawn);
    const orders = vectors.map((_, i) => Array.from(rng.split(i).permutation(4)));
    expect(new Set(orders.map(String)).size).toBeGreaterThan(1);
    expect(distance(combined(vectors, drawn), surgery(vectors, orders))).toBeLessThan(1e-12);
    const results = Array.from({ length: 20 }, (_, seed) =>
      pcgrad(gramOf(vectors), { rng: createRng(seed) }),
    );
    expect(new Set(results.map(String)).size).toBeGreaterThan(1);
  });

  it("equals mode `both` for two gradients, in any order", () => {
    fc.assert(
      fc.property(degenerateVectors({ counts: [2, 2] }), fc.nat(), (vectors, seed) => {
        const gram = gramOf(vectors);
        const closedForm = harmonizeWeights(gram, "both");
        expect(pcgrad(gram, { rng: createRng(seed) })).toEqual(closedForm);
        expect(pcgrad(gram, { order: "descending" })).toEqual(closedForm);
      }),
    );
  });

  it("is the plain sum without conflict", () => {
    fc.assert(
      fc.property(anyVectors(), (vectors) => {
        const positive = vectors.map((row) => row.map(Math.abs));
        expect(pcgrad(gramOf(positive), { order: "ascending" })).toEqual(vectors.map(() => 1));
      }),
    );
  });

  it("refuses orders without a stream, a stream without random orders, and unknown names", () => {
    const gram = [1, 0, 0, 1];
    expect(() => pcgrad(gram)).toThrow("random orders need rng");
    expect(() => pcgrad(gram, { order: "ascending", rng: createRng(1) })).toThrow(
      'rng belongs to order "random"',
    );
    expect(() => pcgrad(gram, { order: "up" as never })).toThrow('found "up"');
    expect(() => pcgrad(gram, { seed: 1 } as never)).toThrow('options out of order, rng, found "seed"');
  });
});
