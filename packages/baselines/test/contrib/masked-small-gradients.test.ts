import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { describeUnlearner } from "../../src/contract/index.ts";
import { finetune, maskedSmallGradients } from "../../src/index.ts";
import { upAndDown } from "../../src/contrib/masked-small-gradients.ts";
import { forgetSet, retainSet, runUnlearner, source } from "../run-tiny.ts";
import { tinyModel } from "../tiny-model.ts";

describeUnlearner("masked-small-gradients", () => maskedSmallGradients({ epochs: 2, batchSize: 8 }), {
  model: tinyModel,
});

/** Samples 0 and 6, and 3 and 9, are the same. */
const sourceOfTwins = (indexes: Int32Array): ReturnType<typeof source> => ({
  ...source(indexes.map((index) => index % 6)),
  indexes,
});

/** What a step of plain fine-tuning moves. */
async function plainMoves(options: Parameters<typeof finetune>[0]): Promise<Record<string, number[]>> {
  const { numbers, original } = await runUnlearner(finetune(options));
  return Object.fromEntries(
    Object.entries(original).map(([name, values]) => [
      name,
      values.map((value, i) => (numbers[name]?.[i] as number) - value),
    ]),
  );
}

describe("maskedSmallGradients", () => {
  const still = { epochs: 1, batchSize: 64, lr: 0 } as const;

  it("by hand: draws the asked share of each kernel anew, and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, noNaN: true }), async (initRate) => {
        const { numbers, original } = await runUnlearner(maskedSmallGradients({ ...still, initRate }));
        const kernel = original["conv1.weight"] as number[];
        const changed = kernel.filter((value, i) => numbers["conv1.weight"]?.[i] !== value).length;
        // 3 x 3 x 1 x 6 = 54 weights.
        expect(changed).toBe(Math.round(54 * initRate));
        expect(numbers["fc.weight"]).toEqual(original["fc.weight"]);
      }),
      { numRuns: 6 },
    );
  });

  it("takes those with the smallest gradient of retained minus forgotten loss", async () => {
    // With both losses on the same samples the gradient is 0 everywhere, so ties decide: the first places are drawn.
    const { numbers, original } = await runUnlearner(
      maskedSmallGradients({ ...still, initRate: 0.5, augment: false }),
      {
        forgetSet: Int32Array.of(0, 3),
        retainSet: Int32Array.of(6, 9),
        batches: Object.assign((indexes: Int32Array) => sourceOfTwins(indexes), {
          imageShape: [4, 4, 1] as const,
          classes: 3,
        }),
      },
    );
    const changed = (original["conv1.weight"] as number[]).flatMap((value, i) =>
      numbers["conv1.weight"]?.[i] === value ? [] : [i],
    );
    expect(changed).toEqual(Array.from({ length: 27 }, (_, i) => i));
  });

  it("counts the gradient that chooses: as many retained samples as there are to forget", async () => {
    const { cost } = await runUnlearner(maskedSmallGradients({ ...still, epochs: 2 }));
    const images = 2 * retainSet.length + 2 * forgetSet.length;
    expect(cost).toMatchObject({ imagesForward: images, imagesBackward: images, steps: 2 });
  });

  it("lets kernel weights that were kept learn ten times slower", async () => {
    const step = { batchSize: 64, epochs: 1, lr: 0.01, momentum: 0, weightDecay: 0, augment: false } as const;
    const moves = async (initRate: number): Promise<number[]> => {
      const rng = createRng(5);
      const start = await runUnlearner(maskedSmallGradients({ ...step, initRate, lr: 0 }), { rng });
      const end = await runUnlearner(maskedSmallGradients({ ...step, initRate }), { rng });
      return (end.numbers["fc.bias"] as number[])
        .map((value, i) => value - (start.numbers["fc.bias"]?.[i] as number))
        .concat(
          (end.numbers["conv1.weight"] as number[]).map(
            (value, i) => value - (start.numbers["conv1.weight"]?.[i] as number),
          ),
        );
    };
    // With nothing drawn anew every kernel weight moves by a tenth of its gradient; fc.bias moves by the whole.
    const none = await moves(0);
    const plain = await plainMoves(step);
    expect(none[0]).toBeCloseTo(plain["fc.bias"]?.[0] as number, 6);
    none.slice(3).forEach((move, i) => {
      expect(move).toBeCloseTo(0.1 * (plain["conv1.weight"]?.[i] as number), 6);
    });
  });

  it("by hand: raises its rate over the first half of the epochs and lowers it after", () => {
    const factors = (epochs: number): string[] =>
      Array.from({ length: epochs }, (_, epoch) =>
        upAndDown({ epoch, epochs, step: 0, steps: 1, stepInEpoch: 0, phase: 0 }).toFixed(3),
      );
    expect(factors(5)).toEqual(["0.333", "0.667", "1.000", "0.667", "0.333"]);
    expect(factors(2)).toEqual(["1.000", "0.500"]);
    expect(factors(1)).toEqual(["1.000"]);
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => maskedSmallGradients({ initRate: 2 })).toThrow(
      /initRate to be a number from 0 to 1, found 2/,
    );
    expect(() => maskedSmallGradients({ density: 0.5 } as never)).toThrow(/found "density"/);
  });
});
