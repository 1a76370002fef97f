import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng, isLtuError } from "@ltu/core";

import type { Sampler, SamplerStatistics } from "../sampler.ts";

/** What {@link describeSampler} must know of a sampler. */
export interface SamplerContractOptions {
  /** Whether its choice depends on the stream; default true. */
  readonly drawsAtRandom?: boolean | undefined;
}

const indexes = 500;
const featureWidth = 3;

/**
 * What every sampler promises, as a vitest suite on generated requests: exactly the asked number of different
 * candidates, or one sentence that says why not; the same ones for the same seed, others for another; candidates and
 * statistics left as they were.
 *
 * Call it in a test file, once for each sampler.
 */
export function describeSampler(
  sampler: Sampler,
  { drawsAtRandom = true }: SamplerContractOptions = {},
): void {
  describe(`${sampler.name}, as a sampler`, () => {
    // Sparse indexes in any order, so that a sampler that returns positions is found out.
    const request = fc
      .record({
        candidates: fc.uniqueArray(fc.integer({ min: 0, max: indexes - 1 }), { maxLength: 60 }),
        classes: fc.integer({ min: 1, max: 12 }),
        share: fc.double({ min: 0, max: 1, noNaN: true }),
        seed: fc.nat(),
      })
      .map(({ candidates, classes, share, seed }) => ({
        candidates: Int32Array.from(candidates),
        count: Math.round(share * candidates.length),
        seed,
        statistics: statisticsOf(classes),
      }));

    it("returns the asked number of different candidates", () => {
      fc.assert(
        fc.property(request, ({ candidates, count, seed, statistics }) => {
          const drawn = sampler(candidates, count, { rng: createRng(seed), statistics });
          expect(drawn).toBeInstanceOf(Int32Array);
          expect(drawn).toHaveLength(count);
          expect(new Set(drawn).size).toBe(count);
          const known = new Set(candidates);
          expect(drawn.every((index) => known.has(index))).toBe(true);
        }),
      );
    });

    it("returns the same for the same seed, and leaves what it is given as it was", () => {
      fc.assert(
        fc.property(request, ({ candidates, count, seed, statistics }) => {
          const before = JSON.stringify([candidates, statistics]);
          const drawn = sampler(candidates, count, { rng: createRng(seed), statistics });
          // What it returned is the caller's: writing into it must reach nothing that is read again.
          const again = sampler(candidates, count, { rng: createRng(seed), statistics });
          expect(again).toEqual(drawn);
          drawn.fill(-1);
          expect(JSON.stringify([candidates, statistics])).toBe(before);
          expect(sampler(candidates, count, { rng: createRng(seed), statistics })).toEqual(again);
        }),
      );
    });

    it(drawsAtRandom ? "draws differently with another seed" : "does not ask the stream", () => {
      const candidates = Int32Array.from({ length: 200 }, (_, i) => i);
      const statistics = statisticsOf(5);
      const draw = (seed: number): Int32Array =>
        sampler(candidates, 50, { rng: createRng(seed), statistics });
      if (drawsAtRandom) expect(draw(1)).not.toEqual(draw(2));
      else expect(draw(1)).toEqual(draw(2));
    });

    it("says why it cannot give more than there is", () => {
      const impossible = fc.oneof(
        fc.integer({ min: 3 }),
        fc.integer({ max: -1 }),
        fc.constantFrom(0.5, Number.NaN),
      );
      fc.assert(
        fc.property(impossible, (count) => {
          const error = errorOf(() =>
            sampler(Int32Array.of(0, 2), count, { rng: createRng(1), statistics: statisticsOf(2) }),
          );
          expect(isLtuError(error) && error.code).toBe("OPTION");
          expect(String(error)).toContain(String(count));
        }),
      );
    });
  });
}

/** Labels, losses (a third of them zero) and features of made-up samples, and a support batch. */
function statisticsOf(classes: number): SamplerStatistics {
  return {
    labels: Int32Array.from({ length: indexes }, (_, i) => (i * 7919) % classes),
    losses: Float32Array.from({ length: indexes }, (_, i) => (i % 3 === 0 ? 0 : (i % 11) / 4)),
    features: Float32Array.from({ length: indexes * featureWidth }, (_, i) => Math.sin(i * i)),
    featureWidth,
    support: Int32Array.of(3, 44, 101, 250, 499),
  };
}

function errorOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
