import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type CheckpointPort } from "@ltu/core";
import { gaussianBatches } from "@ltu/testing";

import { fit } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

const batches = gaussianBatches(createRng(1), { size: 20, classes: 3 });
const model = tinyModel(3);

/** The numbers after four epochs, as plain arrays. */
const train = async (checkpoint?: CheckpointPort): Promise<number[][]> => {
  const start = model.init(createRng(2));
  const { weights } = await fit({
    model,
    weights: start,
    batches,
    data: Int32Array.from({ length: 20 }, (_, i) => i),
    recipe: { epochs: 4, batchSize: 8, schedule: { name: "one-cycle" }, weightDecay: 5e-4, augment: true },
    rng: createRng(3),
    checkpoint,
  });
  const trees = [weights.params, weights.stats];
  const numbers: number[][] = [];
  for (const tensor of trees.flatMap((tree) => Object.values(tree)))
    numbers.push(Array.from(await tensor.data()));
  [...trees, start.params, start.stats].forEach(disposeParams);
  return numbers;
};

describe("fit on this engine", () => {
  it("gives the same bits twice, and from each of its checkpoints", async () => {
    const saved: Uint8Array[] = [];
    const save = (bytes: Uint8Array): Promise<void> => {
      saved.push(bytes);
      return Promise.resolve();
    };
    const whole = await train({ load: () => Promise.resolve(undefined), save });
    expect(await train()).toEqual(whole);
    expect(saved).toHaveLength(4);
    for (const bytes of saved) {
      expect(await train({ load: () => Promise.resolve(bytes), save: () => Promise.resolve() })).toEqual(
        whole,
      );
    }
  });
});
