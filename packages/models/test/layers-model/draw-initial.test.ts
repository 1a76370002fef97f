import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { drawInitial } from "../../src/layers-model/draw-initial.ts";

const draw = (className: string, config: Record<string, unknown>, shape: number[]): Float32Array =>
  drawInitial({ className, config }, shape, createRng(1)) as Float32Array;
const moment = (values: Float32Array): number =>
  values.reduce((total, value) => total + value * value, 0) / values.length;
const largest = (values: Float32Array): number =>
  values.reduce((top, value) => Math.max(top, Math.abs(value)), 0);

describe("drawInitial", () => {
  it("knows constants and the identity", () => {
    expect(Array.from(draw("Zeros", {}, [2]))).toEqual([0, 0]);
    expect(Array.from(draw("Ones", {}, [2]))).toEqual([1, 1]);
    expect(Array.from(draw("Constant", { value: 3 }, [2]))).toEqual([3, 3]);
    expect(Array.from(draw("Identity", { gain: 2 }, [2, 2]))).toEqual([2, 0, 0, 2]);
  });

  it("draws uniform and normal numbers with the range and the deviation of the configuration", () => {
    const uniform = draw("RandomUniform", { minval: 1, maxval: 3 }, [10_000]);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(1);
    expect(Math.max(...uniform)).toBeLessThan(3);
    const normal = draw("RandomNormal", { mean: 5, stddev: 2 }, [10_000]);
    // Five standard errors of a variance of 10,000 draws.
    expect(Math.abs(moment(normal.map((value) => value - 5)) / 4 - 1)).toBeLessThan(0.071);
    const truncated = draw("TruncatedNormal", { mean: 0, stddev: 0.5 }, [10_000]);
    expect(largest(truncated)).toBeLessThanOrEqual(1);
    // The variance of a normal that is cut at two deviations.
    expect(Math.abs(moment(truncated) / (0.25 * 0.7737) - 1)).toBeLessThan(0.071);
  });

  it.each([
    // He normal by fan in, Glorot by the mean of both, for a kernel of 3 x 3 x 4 x 8: fan in 36, fan out 72.
    ["fanIn", 2, 2 / 36],
    ["fanOut", 1, 1 / 72],
    ["fanAvg", 1, 1 / 54],
  ])("scales by %s", (mode, scale, variance) => {
    const shape = [3, 3, 4, 8];
    const uniform = draw("VarianceScaling", { mode, scale, distribution: "uniform" }, shape);
    expect(largest(uniform)).toBeLessThanOrEqual(Math.sqrt(3 * variance));
    // Five standard errors of 288 draws.
    expect(Math.abs(moment(uniform) / variance - 1)).toBeLessThan(5 * Math.sqrt(0.8 / 288));
    const normal = draw("VarianceScaling", { mode, scale, distribution: "normal" }, shape);
    expect(largest(normal)).toBeLessThanOrEqual(2 * Math.sqrt(variance));
  });

  it.each([
    [6, 3],
    [3, 6],
  ])("makes %i x %i matrices orthogonal along their shorter side", (rows, columns) => {
    const values = draw("Orthogonal", { gain: 1 }, [rows, columns]);
    const at = (line: number, place: number): number =>
      values[rows >= columns ? place * columns + line : line * columns + place] as number;
    for (let a = 0; a < 3; a++) {
      for (let b = 0; b < 3; b++) {
        let dot = 0;
        for (let i = 0; i < 6; i++) dot += at(a, i) * at(b, i);
        expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
      }
    }
  });

  it("does not know others", () => {
    expect(drawInitial({ className: "Mine", config: {} }, [2], createRng(1))).toBeUndefined();
  });
});
