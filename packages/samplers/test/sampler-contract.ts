import fc from "fast-check";
import { expect, it } from "vitest";

import { createRng } from "@ltu/core";

import type { Sampler } from "../src/index.ts";

/** What every sampler promises, whatever its candidates. */
export function describeSampler(sampler: Sampler): void {
  const request = fc
    .record({
      // Sparse indexes, so that a sampler that returns positions is found out.
      indexes: fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { minLength: 0, maxLength: 60 }),
      classes: fc.integer({ min: 1, max: 12 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      seed: fc.nat(),
    })
    .map(({ indexes, classes, share, seed }) => ({
      candidates: Int32Array.from(indexes),
      count: Math.round(share * indexes.length),
      seed,
      statistics: {
        labels: Int32Array.from({ length: 501 }, (_, i) => (i * 7919) % classes),
        losses: Float32Array.from({ length: 501 }, (_, i) => (i % 3 === 0 ? 0 : (i % 11) / 4)),
      },
    }));

  it("returns the asked number of different candidates", () => {
    fc.assert(
      fc.property(request, ({ candidates, count, seed, statistics }) => {
        const drawn = sampler(candidates, count, { rng: createRng(seed), statistics });
        expect(drawn).toBeInstanceOf(Int32Array);
        expect(drawn).toHaveLength(count);
        expect(new Set(drawn).size).toBe(count);
        expect(drawn.every((index) => candidates.includes(index))).toBe(true);
      }),
    );
  });

  it("is a pure function of its arguments and the stream", () => {
    fc.assert(
      fc.property(request, ({ candidates, count, seed, statistics }) => {
        const before = candidates.slice();
        const drawn = sampler(candidates, count, { rng: createRng(seed), statistics });
        expect(sampler(candidates, count, { rng: createRng(seed), statistics })).toEqual(drawn);
        expect(candidates).toEqual(before);
      }),
    );
  });

  it("draws differently with another seed", () => {
    const candidates = Int32Array.from({ length: 200 }, (_, i) => i);
    const statistics = { labels: candidates.map((i) => i % 5), losses: candidates.map((i) => 1 + (i % 7)) };
    const draw = (seed: number): Int32Array => sampler(candidates, 50, { rng: createRng(seed), statistics });
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("says why it cannot give more than there is", () => {
    const statistics = { labels: [0, 0, 0], losses: [1, 1, 1] };
    fc.assert(
      fc.property(fc.oneof(fc.integer({ min: 3 }), fc.integer({ max: -1 }), fc.constant(0.5)), (count) => {
        expect(() => sampler(Int32Array.of(0, 2), count, { rng: createRng(1), statistics })).toThrow(
          /count must be a whole number from 0 to the number of candidates, 2, found/,
        );
      }),
    );
  });
}
