import { readFileSync } from "node:fs";

import {
  slice,
  sum,
  tensor1d,
  tensor2d,
  tidy,
  type Scalar,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { valueAndGradient, type Predictions } from "@ltu/core";

import { signals, topLogits, topProbabilities, type SignalName } from "../../src/index.ts";
import { inFloat64, outputs } from "../outputs.ts";

const names = Object.keys(signals) as SignalName[];

/** float32 on the engine against float64 in JavaScript. */
const closeAbs = 2e-5;
const closeRel = 1e-5;

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, scale = 1): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    const limit = scale * (closeAbs + closeRel * Math.abs(wanted[i] as number));
    expect(Math.abs((got[i] as number) - (wanted[i] as number)), `entry ${i}`).toBeLessThanOrEqual(limit);
  }
}

async function onEngine(name: SignalName, { logits, labels, classes }: Predictions): Promise<Float32Array> {
  const values = tidy(() =>
    signals[name].tensor(tensor2d(logits, [labels.length, classes]), tensor1d(labels, "int32")),
  );
  try {
    return (await values.data()) as Float32Array;
  } finally {
    values.dispose();
  }
}

/** The gradient of the sum of a signal with respect to the logits. */
async function gradientOf(name: SignalName, { logits, labels, classes }: Predictions): Promise<Float32Array> {
  const gradient = tidy(() => {
    const y: Tensor1D = tensor1d(labels, "int32");
    const z: Tensor2D = tensor2d(logits, [labels.length, classes]);
    const result = valueAndGradient(
      (params) => sum(signals[name].tensor(params["z"] as Tensor2D, y)) as Scalar,
      { z },
    );
    return result.gradient["z"] as Tensor2D;
  });
  try {
    return (await gradient.data()) as Float32Array;
  } finally {
    gradient.dispose();
  }
}

/** The same by central difference in float64. */
function differenceOf(name: SignalName, predictions: Predictions): Float64Array {
  const wide = inFloat64(predictions);
  const total = (): number => signals[name].float64(wide).reduce((a, b) => a + b, 0);
  const step = 1e-5;
  return Float64Array.from(wide.logits, (z, k) => {
    wide.logits[k] = z + step;
    const above = total();
    wide.logits[k] = z - step;
    const below = total();
    wide.logits[k] = z;
    return (above - below) / (2 * step);
  });
}

const extremes: Predictions = {
  logits: Float32Array.from(
    [
      [100, -100, -100, -100],
      [-100, 100, 0, 0],
      [1000, 0, 0, -1000],
      [0, 1000, 999, 3],
      [1e4, 10_001, 9999, 1e4],
      [0, 0, 0, 0],
      [5, 5, -5, 5],
    ].flat(),
  ),
  labels: Int32Array.of(0, 0, 3, 0, 1, 2, 1),
  classes: 4,
};

describe("signals", () => {
  it.each(names)("%s on the engine agrees with its float64 form", async (name) => {
    for (const classes of [2, 3, 10, 30]) {
      const predictions = outputs(name, { size: 20, margin: 2, classes, spread: 4 });
      expectClose(await onEngine(name, predictions), signals[name].float64(predictions));
    }
    expectClose(await onEngine(name, extremes), signals[name].float64(extremes));
  });

  it.each(names)("the gradient of %s agrees with a finite difference", async (name) => {
    const predictions = outputs(name, { size: 6, margin: 1, classes: 12, spread: 2 });
    const gradient = await gradientOf(name, predictions);
    expectClose(gradient, differenceOf(name, predictions), 5);
    expect(gradient.some((value) => Math.abs(value) > 1e-3)).toBe(true);
  });

  it.each(names)("the gradient of %s is finite at extreme logits", async (name) => {
    const gradient = await gradientOf(name, extremes);
    expect(gradient.every((value) => Number.isFinite(value))).toBe(true);
  });

  it("agree with the golden vectors on the engine", async () => {
    const golden = JSON.parse(
      readFileSync(new URL("../../../../golden/mia-features.json", import.meta.url), "utf8"),
    ) as {
      cases: {
        inputs: { logits: { shape: [number, number]; data: number[][] }; labels: number[] };
        expected: Record<string, number[]>;
      }[];
    };
    const fields: Partial<Record<SignalName, string>> = {
      entropy: "entropy",
      logsumexp: "logsumexp",
      loss: "loss",
      margin: "margin",
      modifiedEntropy: "mEntropy",
      phi: "phi",
      trueProbability: "pTrue",
    };
    for (const { inputs, expected } of golden.cases) {
      const predictions = {
        logits: Float32Array.from(inputs.logits.data.flat()),
        labels: Int32Array.from(inputs.labels),
        classes: inputs.logits.shape[1],
      };
      for (const [name, field] of Object.entries(fields) as [SignalName, string][]) {
        expectClose(await onEngine(name, predictions), expected[field] as number[]);
      }
    }
  });
});

describe("topLogits", () => {
  it("sorts each row in descending order and gives the gradient to the class it came from", async () => {
    const z = tensor2d([
      [1, 3, 2],
      [9, 7, 8],
    ]);
    const { value, gradient } = valueAndGradient(
      (params) => sum(slice(topLogits(params["z"] as Tensor2D, { k: 2 }), [0, 1], [2, 1])) as Scalar,
      { z },
    );
    expect(await value.data()).toEqual(Float32Array.of(2 + 8));
    expect(await (gradient["z"] as Tensor2D).data()).toEqual(Float32Array.of(0, 0, 1, 0, 0, 1));
    [z, value, gradient["z"] as Tensor2D].forEach((tensor) => tensor.dispose());
  });
});

describe("topProbabilities", () => {
  it("gives no more columns than there are classes", () => {
    const z = tensor2d([[0, 1, 2]]);
    const top = topProbabilities(z, { k: 10 });
    expect(top.shape).toEqual([1, 3]);
    z.dispose();
    top.dispose();
  });
});
