import { tensor1d, tensor2d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  correctnessFloat64,
  entropyFloat64,
  marginFloat64,
  modifiedEntropyFloat64,
  phi,
  phiFloat64,
  topProbabilitiesFloat64,
} from "../../src/index.ts";
import { argMaxOf, logSumExpOf } from "../../src/signals/logit-rows.ts";

const one = (logits: number[], label: number) => ({
  logits: Float32Array.from(logits),
  labels: Int32Array.of(label),
  classes: logits.length,
});

describe("float64 signals", () => {
  it("keep every digit where the probability is 1 in float32", () => {
    expect(phiFloat64(one([100, 0], 0))[0]).toBe(100);
    expect(phiFloat64(one([0, 1000], 0))[0]).toBe(-1000);
    expect(marginFloat64(one([3, 5, 1], 2))[0]).toBe(-4);
  });

  it.each([1, 1e8, 1e20, 3e38])("of equal logits do not depend on their size, %f", (size) => {
    const same = one([size, size, size], 1);
    expect(phiFloat64(same)[0]).toBeCloseTo(-Math.log(2), 12);
    expect(entropyFloat64(same)[0]).toBeCloseTo(Math.log(3), 12);
    expect([...topProbabilitiesFloat64(same, { k: 2 })]).toEqual([
      expect.closeTo(1 / 3, 12),
      expect.closeTo(1 / 3, 12),
    ]);
    // Three times 1/3: -(2/3) log(1/3) - 2 (1/3) log(2/3).
    const expected = (2 / 3) * Math.log(3) + (2 / 3) * Math.log(3 / 2);
    expect(modifiedEntropyFloat64(same)[0]).toBeCloseTo(expected, 12);
  });

  it("predict the lowest class on ties", () => {
    expect(correctnessFloat64(one([1, 1], 0))[0]).toBe(1);
    expect(correctnessFloat64(one([1, 1], 1))[0]).toBe(0);
    expect(argMaxOf([7, 7, 2], 0)).toBe(1);
    expect(logSumExpOf([Math.log(2), 50, Math.log(3)], 1)).toBeCloseTo(Math.log(5), 12);
  });

  it.each([
    ["DATA", one([1, Number.NaN], 0), "logits must be finite"],
    ["DATA", one([1, 2], 2), "from 0 to 1, found 2"],
    ["SHAPE", one([1], 0), "two classes or more"],
    ["SHAPE", { ...one([1, 2], 0), labels: Int32Array.of(0, 1) }, "found 2"],
  ])("refuse malformed outputs with %s", (code, predictions, message) => {
    expect(() => phiFloat64(predictions)).toThrow(expect.objectContaining({ code }));
    expect(() => phiFloat64(predictions)).toThrow(message);
  });
});

describe("signals on the engine", () => {
  it("refuse sizes that do not fit", () => {
    const z = tensor2d([[1, 2]]);
    const y = tensor1d([0, 1], "int32");
    expect(() => phi(z, y)).toThrow(expect.objectContaining({ code: "SHAPE" }));
    z.dispose();
    y.dispose();
  });
});
