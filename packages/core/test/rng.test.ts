import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng, streamOf } from "../src/index.ts";

describe("createRng", () => {
  it("gives the same numbers for the same seed and others for another", () => {
    const draw = (seed: number): number[] => {
      const rng = createRng(seed);
      return Array.from({ length: 8 }, () => rng.uniform());
    };
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });

  it("splits by label alone: what was drawn before makes no difference", () => {
    const used = createRng(3);
    used.permutation(100);
    expect(used.split("a").integer(1e9)).toBe(createRng(3).split("a").integer(1e9));
    expect(streamOf("3/a").integer(1e9)).toBe(createRng(3).split("a").integer(1e9));
    expect(createRng(3).split("b").integer(1e9)).not.toBe(createRng(3).split("a").integer(1e9));
  });

  it("pins its first numbers, so that results of one version are results of the next", () => {
    expect(createRng(1).integer(1_000_000)).toMatchInlineSnapshot(`316280`);
  });

  it("refuses a seed that is no whole number of at least 0", () => {
    for (const seed of [-1, 0.5, Number.NaN])
      expect(() => createRng(seed)).toThrow(/whole number of at least 0/);
  });

  it("permutes and chooses distinct elements in range", () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.integer({ min: 1, max: 60 }), fc.nat(60), (seed, length, count) => {
        const rng = createRng(seed);
        const permutation = rng.permutation(length);
        expect([...permutation].sort((a, b) => a - b)).toEqual(Array.from({ length }, (_, i) => i));
        const chosen = rng.choice(permutation, Math.min(count, length));
        expect(new Set(chosen).size).toBe(Math.min(count, length));
      }),
    );
  });

  it("draws uniform and normal numbers with the right moments", () => {
    const rng = createRng(5);
    const uniform = Array.from({ length: 20_000 }, () => rng.uniform());
    const normal = Array.from(rng.normals(20_000));
    const mean = (x: number[]): number => x.reduce((a, b) => a + b, 0) / x.length;
    // Five standard errors of each moment.
    expect(Math.abs(mean(uniform) - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / 20_000));
    expect(Math.abs(mean(normal))).toBeLessThan(5 / Math.sqrt(20_000));
    expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(5 * Math.sqrt(2 / 20_000));
  });
});
