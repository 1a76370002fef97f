import {
  mul,
  sum,
  tensor1d,
  tensor2d,
  tensor4d,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { batchNormInference, batchNormTraining, disposeParams, valueAndGradient } from "../../src/index.ts";
import { finiteDifference, relativeDifference } from "../finite-difference.ts";

/** float32 forward and backward through a division by a standard deviation. */
const tolerance = 1e-4;
const epsilon = 1e-5;

/** A weight for each output, so that each counts differently in the scalar that is differentiated. */
const weight = (i: number): number => Math.sin(1 + i);

/** sum_i weight_i y_i of batch norm with batch statistics, in float64; x, gamma and beta in one list. */
function weightedTraining(values: readonly number[], channels: number): number {
  const x = values.slice(0, values.length - 2 * channels);
  const gamma = values.slice(x.length, x.length + channels);
  const beta = values.slice(x.length + channels);
  const rows = x.length / channels;
  let total = 0;
  for (let c = 0; c < channels; c++) {
    const column = x.filter((_, i) => i % channels === c);
    const mean = column.reduce((a, b) => a + b, 0) / rows;
    const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / rows;
    column.forEach((value, row) => {
      const y = ((gamma[c] as number) * (value - mean)) / Math.sqrt(variance + epsilon) + (beta[c] as number);
      total += weight(row * channels + c) * y;
    });
  }
  return total;
}

function weightedSum(y: Tensor): Scalar {
  return sum(
    mul(
      y,
      tensor2d(
        Array.from({ length: y.size }, (_, i) => weight(i)),
        y.shape as [number, number],
      ),
    ),
  );
}

const batches = fc.integer({ min: 1, max: 4 }).chain((channels) =>
  fc.record({
    channels: fc.constant(channels),
    x: fc.integer({ min: 2, max: 6 }).chain((rows) =>
      fc.array(fc.integer({ min: -300, max: 300 }), {
        minLength: rows * channels,
        maxLength: rows * channels,
      }),
    ),
    gamma: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: channels, maxLength: channels }),
    beta: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: channels, maxLength: channels }),
  }),
);

describe("batchNormTraining", () => {
  it("normalises (1, 3) to (-1, 1), by hand", async () => {
    const x = tensor2d([[1], [3]]);
    const [gamma, beta] = [tensor1d([2]), tensor1d([0.5])];

    const { y, mean, variance } = batchNormTraining(x, gamma, beta, { epsilon: 0 });

    expect(Array.from(await y.data())).toEqual([-1.5, 2.5]);
    expect((await mean.data())[0]).toBe(2);
    expect((await variance.data())[0]).toBe(1);
    for (const made of [x, gamma, beta, y, mean, variance]) made.dispose();
  });

  it("takes statistics over batch, height and width", async () => {
    const x = tensor4d([1, 10, 3, 20, 5, 30, 7, 40], [2, 1, 2, 2]);
    const [gamma, beta] = [tensor1d([1, 1]), tensor1d([0, 0])];

    const { y, mean, variance } = batchNormTraining(x, gamma, beta);

    expect(y.shape).toEqual([2, 1, 2, 2]);
    expect(Array.from(await mean.data())).toEqual([4, 25]);
    expect(Array.from(await variance.data())).toEqual([5, 125]);
    for (const made of [x, gamma, beta, y, mean, variance]) made.dispose();
  });

  it("has the gradient of its formula, by finite difference in float64", async () => {
    await fc.assert(
      fc.asyncProperty(batches, async ({ channels, x, gamma, beta }) => {
        // A channel without spread is as good as not differentiable in float32; spread it.
        const xs = x.map((value, i) => value / 100 + Math.floor(i / channels) * 0.5);
        const [gs, bs] = [gamma, beta].map((values) => values.map((value) => value / 10)) as [
          number[],
          number[],
        ];
        const params = {
          x: tensor2d(xs, [xs.length / channels, channels]),
          gamma: tensor1d(gs),
          beta: tensor1d(bs),
        };

        const { value, gradient } = valueAndGradient(
          (at) =>
            weightedSum(
              batchNormTraining(at["x"] as Tensor, at["gamma"] as Tensor1D, at["beta"] as Tensor1D).y,
            ),
          params,
        );

        const all = [...xs, ...gs, ...bs];
        const expected = finiteDifference((at) => weightedTraining(at, channels), all);
        const found = await Promise.all(
          ["x", "gamma", "beta"].map((name) => (gradient[name] as Tensor).data()),
        );
        const [total] = await value.data();
        value.dispose();
        disposeParams(params);
        disposeParams(gradient);
        expect(total).toBeCloseTo(weightedTraining(all, channels), 3);
        expect(
          relativeDifference(
            found.flatMap((part) => Array.from(part)),
            expected,
          ),
        ).toBeLessThan(
          // Where the spread is small the gradient is large in its parts and small in sum.
          10 * tolerance,
        );
      }),
      { numRuns: 40 },
    );
  });

  it("does not pass gradients through its statistics", async () => {
    const params = { x: tensor2d([[1], [3]]), gamma: tensor1d([1]), beta: tensor1d([0]) };

    const { value, gradient } = valueAndGradient((at) => {
      const { y } = batchNormTraining(at["x"] as Tensor, at["gamma"] as Tensor1D, at["beta"] as Tensor1D);
      return sum(y) as Scalar;
    }, params);

    // The sum of normalised values is constant, so x has no say in it.
    expect(Array.from(await (gradient["x"] as Tensor).data()).every((g) => Math.abs(g) < tolerance)).toBe(
      true,
    );
    expect(Array.from(await (gradient["beta"] as Tensor).data())).toEqual([2]);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });

  it("refuses an empty batch and channels that do not fit", () => {
    const [gamma, beta, short] = [tensor1d([1, 1]), tensor1d([0, 0]), tensor1d([1])];
    const [empty, x] = [tensor2d([], [0, 2]), tensor2d([[1, 2]])];

    expect(() => batchNormTraining(empty, gamma, beta)).toThrow(
      "batchNormTraining: x must be [..., channels] with at least one number for each channel, found shape [0, 2]",
    );
    expect(() => batchNormTraining(x, short, beta)).toThrow(
      "gamma must have one number for each of the 2 channels",
    );

    for (const made of [gamma, beta, short, empty, x]) made.dispose();
  });
});

describe("batchNormInference", () => {
  it("uses the given statistics, by hand", async () => {
    const x = tensor2d([[7], [1]]);
    const [gamma, beta, mean, variance] = [2, 0.5, 3, 4].map((value) => tensor1d([value])) as [
      Tensor1D,
      Tensor1D,
      Tensor1D,
      Tensor1D,
    ];

    const y = batchNormInference(x, gamma, beta, mean, variance, { epsilon: 0 });

    expect(Array.from(await y.data())).toEqual([4.5, -1.5]);
    for (const made of [x, gamma, beta, mean, variance, y]) made.dispose();
  });

  it("has the gradient of its formula, also by the statistics", async () => {
    const start = [0.5, -1, 2, 0.3, 1.1, -0.7, 1.5, -0.5, 0.2, 0.1, 0.4, -0.3, 1.2, 0.6];
    const [channels, rows] = [2, 3];
    const formula = (at: readonly number[]): number => {
      const x = at.slice(0, rows * channels);
      const [gamma, beta, mean, variance] = [0, 1, 2, 3].map((k) =>
        at.slice((rows + k) * channels, (rows + k + 1) * channels),
      ) as [number[], number[], number[], number[]];
      return x.reduce((total, value, i) => {
        const c = i % channels;
        const scale = (gamma[c] as number) / Math.sqrt((variance[c] as number) + epsilon);
        return total + weight(i) * ((value - (mean[c] as number)) * scale + (beta[c] as number));
      }, 0);
    };
    const names = ["gamma", "beta", "mean", "variance"];
    const params = {
      x: tensor2d(start.slice(0, 6), [rows, channels]),
      ...Object.fromEntries(names.map((name, k) => [name, tensor1d(start.slice(6 + 2 * k, 8 + 2 * k))])),
    };

    const { value, gradient } = valueAndGradient((at) => {
      const [gamma, beta, mean, variance] = names.map((name) => at[name]) as [
        Tensor1D,
        Tensor1D,
        Tensor1D,
        Tensor1D,
      ];
      return weightedSum(batchNormInference(at["x"] as Tensor, gamma, beta, mean, variance));
    }, params);

    const found = await Promise.all(["x", ...names].map((name) => (gradient[name] as Tensor).data()));
    expect(
      relativeDifference(
        found.flatMap((part) => Array.from(part)),
        finiteDifference(formula, start),
      ),
    ).toBeLessThan(tolerance);
    value.dispose();
    disposeParams(params);
    disposeParams(gradient);
  });
});
