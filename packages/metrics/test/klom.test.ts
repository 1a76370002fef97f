import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { fixedHistogram, klom, klomWithEnds, type ModelScores } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

const draw = (models: number, samples: number, seed: number, shift = 0): ModelScores => ({
  values: normals(seeded(seed), models * samples).map((x) => 3 * x + shift),
  models,
  samples,
});
const fine = { clip: [-20, 20] } as const;

describe("klom", () => {
  it("is KL(oracle || unlearned) of the two histograms, by hand", () => {
    // Two bins: oracles 3 and 1, unlearned 2 and 2.
    const oracles = { values: [-1, -1, -1, 1], models: 4, samples: 1 };
    const unlearned = { values: [-1, -1, 1, 1], models: 4, samples: 1 };
    const { mean } = klom(oracles, unlearned, { bins: 2 });
    expect(mean).toBeCloseTo(0.75 * Math.log(0.75 / 0.5) + 0.25 * Math.log(0.25 / 0.5), 12);
    expect(klom(unlearned, oracles, { bins: 2 }).mean).not.toBeCloseTo(mean, 3);
  });

  it("is 0 for a set with itself, by either smoothing, and bounded by the floor without overlap", () => {
    const oracles = draw(50, 3, 1);
    for (const smoothing of ["floor", "laplace"] as const) {
      expect([...klom(oracles, oracles, { ...fine, smoothing }).perSample]).toEqual([0, 0, 0]);
    }
    const far = klom(oracles, draw(50, 3, 2, 400));
    expect(far.mean).toBeLessThan(-Math.log(1e-5) + 0.1);
    expect(far.mean).toBeGreaterThan(10);
  });

  it("is never negative nor NaN, and does not change when models or samples are permuted", () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 6,
      maxLength: 6,
    });
    fc.assert(
      fc.property(values, values, (first, second) => {
        const a: ModelScores = { values: first, models: 3, samples: 2 };
        const b: ModelScores = { values: second, models: 3, samples: 2 };
        const found = klom(a, b);
        for (const value of found.perSample) expect(value).toBeGreaterThanOrEqual(0);
        const rows = [first.slice(4), first.slice(0, 2), first.slice(2, 4)].flat();
        expect(klom({ ...a, values: rows }, b)).toEqual(found);
        const swap = (given: readonly number[]): number[] =>
          [0, 1, 2].flatMap((i) => [given[2 * i + 1]!, given[2 * i]!]);
        const swapped = klom({ ...a, values: swap(first) }, { ...b, values: swap(second) });
        expect([...swapped.perSample]).toEqual([...found.perSample].reverse());
        expect(swapped.mean).toBeCloseTo(found.mean, 12);
        expect(swapped.p95).toBeCloseTo(found.p95, 12);
      }),
    );
  });

  it("refuses malformed margins and options", () => {
    expect(() => klom(draw(3, 2, 1), draw(3, 1, 1))).toThrow(/same samples/);
    expect(() => klom({ values: [1, Number.NaN], models: 2, samples: 1 }, draw(2, 1, 1))).toThrow(
      /found NaN at 1/,
    );
    expect(() => klom(draw(2, 1, 1), draw(2, 1, 1), { clip: [1, 1] })).toThrow(/clip/);
    expect(() => klom(draw(2, 1, 1), draw(2, 1, 1), { floor: 0 })).toThrow(/floor/);
    expect(() => klom(draw(2, 1, 1), draw(2, 1, 1), { bins: 0 })).toThrow(/bins/);
  });
});

describe("klomWithEnds", () => {
  it("puts a method between the noise of two halves of oracles and the original models", () => {
    const found = klomWithEnds(
      { oracles: draw(100, 20, 1), unlearned: draw(100, 20, 2, 3), originals: draw(100, 20, 3, 12) },
      fine,
    );
    const { noiseFloor, unlearned, ceiling } = found as { noiseFloor: { mean: number } } & typeof found;
    expect(noiseFloor.mean).toBeLessThan(unlearned.mean);
    expect(unlearned.mean).toBeLessThan((ceiling as { mean: number }).mean);
    expect(found.noiseFloor).toMatchObject({ models: { oracles: 50, unlearned: 50 } });
  });

  it("has reasons for ends that were not measured", () => {
    expect(klomWithEnds({ oracles: draw(3, 1, 1), unlearned: draw(3, 1, 2) })).toMatchObject({
      noiseFloor: { reason: "TOO_FEW_MODELS" },
      ceiling: { reason: "NOT_RUN" },
    });
  });
});

describe("fixedHistogram", () => {
  it("counts every value once, those at and beyond the edges too", () => {
    expect([...fixedHistogram([-9, -1, 0, 1, 9], { bins: 2, clip: [-1, 1] })]).toEqual([2, 3]);
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 30 }), (given, bins) => {
        const counts = fixedHistogram(given, { bins, clip: [-3, 7] });
        expect(counts.reduce((a, b) => a + b, 0)).toBe(given.length);
      }),
    );
  });
});
