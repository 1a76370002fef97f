import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeUnlearner } from "../../src/contract/index.ts";
import { convolutionTranspose } from "../../src/index.ts";
import { pixelModel } from "../pixel-model.ts";
import { guarded, retainSet, runUnlearner, source } from "../run-tiny.ts";
import { tinyModel } from "../tiny-model.ts";

describeUnlearner("convolution-transpose", () => convolutionTranspose({ epochs: 2, batchSize: 8 }), {
  model: tinyModel,
});

describe("convolutionTranspose", () => {
  it("by hand: exchanges height and width of every kernel, and leaves the rest", async () => {
    const { numbers, original } = await runUnlearner(
      convolutionTranspose({ epochs: 1, batchSize: 64, lr: 0 }),
    );
    // Kernels are [height, width, in, out] = [3, 3, 1, 6]: place (row, column) of kernel k is 6 (3 row + column) + k.
    const before = original["conv1.weight"] as number[];
    const after = numbers["conv1.weight"] as number[];
    for (let row = 0; row < 3; row++)
      for (let column = 0; column < 3; column++)
        for (let k = 0; k < 6; k++)
          expect(after[6 * (3 * row + column) + k]).toBe(before[6 * (3 * column + row) + k]);
    expect(numbers["fc.weight"]).toEqual(original["fc.weight"]);
    expect(numbers["bn1.weight"]).toEqual(original["bn1.weight"]);
  });

  it("does not read the forget set", async () => {
    const method = convolutionTranspose({ epochs: 2, batchSize: 8 });
    const { cost } = await runUnlearner(method, { batches: guarded([retainSet]) });
    expect(cost).toMatchObject({ imagesBackward: 2 * retainSet.length, steps: 8 });
  });

  it("by hand: lets its rate fall along half a cosine, epoch by epoch", async () => {
    // One step an epoch, momentum and decay 0. The second of two epochs has half the rate: (1 + cos(pi / 2)) / 2.
    const plain = { batchSize: 64, momentum: 0, weightDecay: 0, augment: false } as const;
    const bias = async (epochs: number, lr: number): Promise<number> => {
      const { numbers, original } = await runUnlearner(convolutionTranspose({ ...plain, epochs, lr }), {
        rng: createRng(1),
      });
      return (numbers["fc.bias"]?.[0] as number) - (original["fc.bias"]?.[0] as number);
    };
    const [first, both] = [await bias(1, 1e-3), await bias(2, 1e-3)];
    // The gradient hardly changes in so small a step.
    expect(both / first).toBeCloseTo(1.5, 2);
  });

  it("refuses a model without convolutions, and kernels that are not square", async () => {
    const flat = { ...pixelModel, inputShape: source.imageShape, classes: source.classes };
    await expect(
      runUnlearner(convolutionTranspose(), {
        model: flat,
        original: { params: {}, stats: {} },
      }),
    ).rejects.toThrow(/^convolution-transpose: expected a model with convolutions, found none in pixel/);
  });

  it("refuses unknown options", () => {
    expect(() => convolutionTranspose({ initRate: 0.1 } as never)).toThrow(
      /expected options out of .*found "initRate"/,
    );
  });
});
