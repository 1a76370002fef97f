import { mul, sum, tensor1d, tensor2d, type Scalar, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { disposeParams, softmaxCrossEntropy, valueAndGradient } from "../../src/index.ts";
import { relativeDifference } from "../finite-difference.ts";

/** float32 exponentials and logarithms. */
const tolerance = 1e-5;

/** Loss and softmax of one row in float64. */
function reference(row: readonly number[], label: number): { loss: number; probabilities: number[] } {
  const largest = Math.max(...row);
  const exponentials = row.map((z) => Math.exp(z - largest));
  const total = exponentials.reduce((a, b) => a + b, 0);
  return {
    loss: Math.log(total) - ((row[label] as number) - largest),
    probabilities: exponentials.map((e) => e / total),
  };
}

describe("softmaxCrossEntropy", () => {
  it("is log 2 for two equal logits, by hand", async () => {
    const logits = tensor2d([[3, 3]]);
    const labels = tensor1d([1], "int32");

    const loss = softmaxCrossEntropy(logits, labels);

    expect((await loss.data())[0]).toBeCloseTo(Math.LN2, 6);
    for (const made of [logits, labels, loss]) made.dispose();
  });

  it.each([
    [[100, -100], 0, 0],
    [[100, -100], 1, 200],
    [[1e4, 0, -1e4], 1, 1e4],
    [[-1e4, -1e4], 0, Math.LN2],
    [[1e30, 0], 0, 0],
  ])("is exact for logits %j and label %d", async (row, label, expected) => {
    const logits = tensor2d([row]);
    const labels = tensor1d([label], "int32");

    const { value, gradient } = valueAndGradient(
      ({ z }) => sum(softmaxCrossEntropy(z as Tensor2D, labels)) as Scalar,
      { z: logits },
    );

    const gradients = Array.from(await (gradient["z"] as Tensor).data());
    expect((await value.data())[0]).toBeCloseTo(expected, 4);
    expect(gradients.every(Number.isFinite)).toBe(true);
    expect(gradients.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 5);
    value.dispose();
    disposeParams(gradient);
    logits.dispose();
    labels.dispose();
  });

  it("is the logarithm of the softmax, with softmax minus one-hot as its gradient", async () => {
    const samples = fc.integer({ min: 2, max: 8 }).chain((classes) =>
      fc.record({
        rows: fc.array(
          fc.record({
            row: fc.array(fc.integer({ min: -1200, max: 1200 }), { minLength: classes, maxLength: classes }),
            label: fc.integer({ min: 0, max: classes - 1 }),
          }),
          { minLength: 1, maxLength: 6 },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(samples, async ({ rows }) => {
        const logits = tensor2d(rows.map(({ row }) => row.map((z) => z / 10)));
        const labels = tensor1d(
          rows.map(({ label }) => label),
          "int32",
        );
        const weights = rows.map((_, i) => 1 + i);

        const { value, gradient } = valueAndGradient(
          ({ z }) => sum(mul(softmaxCrossEntropy(z as Tensor2D, labels), tensor1d(weights))) as Scalar,
          { z: logits },
        );

        const expected = rows.map(({ row, label }) =>
          reference(
            row.map((z) => z / 10),
            label,
          ),
        );
        const total = expected.reduce((sumOf, { loss }, i) => sumOf + loss * (weights[i] as number), 0);
        const gradients = expected.flatMap(({ probabilities }, i) =>
          probabilities.map((p, c) => (p - (c === rows[i]?.label ? 1 : 0)) * (weights[i] as number)),
        );
        const [found] = await value.data();
        const foundGradients = await (gradient["z"] as Tensor).data();
        value.dispose();
        disposeParams(gradient);
        logits.dispose();
        labels.dispose();
        expect(relativeDifference([found as number], [total])).toBeLessThan(tolerance);
        expect(relativeDifference(foundGradients, gradients)).toBeLessThan(tolerance);
      }),
      { numRuns: 50 },
    );
  });

  it("refuses an empty batch and labels that do not fit", () => {
    const [empty, column, logits] = [tensor2d([], [0, 3]), tensor2d([[1]]), tensor2d([[1, 2, 3]])];
    const [none, two, float] = [tensor1d([], "int32"), tensor1d([0, 1], "int32"), tensor1d([1])];

    expect(() => softmaxCrossEntropy(empty, none)).toThrow(
      "logits must be [batch, classes] with at least two classes and not empty",
    );
    expect(() => softmaxCrossEntropy(column, none)).toThrow("found shape [1, 1]");
    expect(() => softmaxCrossEntropy(logits, two)).toThrow("found int32 of shape [2]");
    expect(() => softmaxCrossEntropy(logits, float)).toThrow("found float32 of shape [1]");

    for (const made of [empty, column, logits, none, two, float]) made.dispose();
  });
});
