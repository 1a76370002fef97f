import { readFileSync } from "node:fs";

import { tensor, transpose, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, type Model } from "@ltu/core";

import { models } from "../../src/index.ts";
import { fromTorch, type StateDict } from "../../src/torch/index.ts";
import { weyl } from "./weyl.ts";

interface Network {
  readonly model: keyof typeof models;
  readonly options: object;
  readonly size: number;
  /** Name, shape in PyTorch, scale and centre of its numbers; their place is their seed. */
  readonly state: readonly [name: string, shape: number[], scale: number, centre: number][];
  /** Of PyTorch in float64. */
  readonly logits: readonly number[][];
}

const { classes, cases } = JSON.parse(readFileSync(new URL("networks.json", import.meta.url), "utf8")) as {
  readonly classes: number;
  readonly cases: readonly Network[];
};

/** Below: float32 sums of up to 4,608 products through up to 56 layers, against float64. */
const tolerance = 2e-4;

// On the cpu engine these take many seconds.
const slow = ["resnet56", "vgg16_bn"];
const ran = cases.filter(({ model }) => process.env["LTU_TEST_ENGINE"] !== "cpu" || !slow.includes(model));

describe("a network of PyTorch", () => {
  it.each(ran)(
    "gives its logits here: $model $options",
    async ({ model: name, options, size, state, logits }) => {
      const factory = models[name] as (options: object) => Model;
      const model = factory({ ...options, inputShape: [size, size, 3], classes, ...gray });
      const weights = fromTorch(model, filled(state));
      const images = imagesOf(size);
      const output = model.apply(weights, images, { mode: "eval" });
      const found = await output.logits.data();
      const scale = Math.max(...logits.flat().map(Math.abs));
      logits.flat().forEach((wanted, i) => {
        expect(Math.abs((found[i] as number) - wanted) / scale).toBeLessThan(tolerance);
      });
      [images, output.logits, output.features].forEach((made) => made.dispose());
      [weights.params, weights.stats].forEach(disposeParams);
    },
  );
});

const gray = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };

function filled(state: Network["state"]): StateDict {
  return Object.fromEntries(
    state.map(([name, shape, scale, centre], seed) => {
      if (name.endsWith("num_batches_tracked"))
        return [name, { dtype: "I64", shape, data: BigInt64Array.of(0n) }];
      const length = shape.reduce((product, size) => product * size, 1);
      const factor = Math.fround(scale);
      const data = weyl(length, seed).map((value) => Math.fround(value * factor) + centre);
      return [name, { dtype: "F32", shape, data }];
    }),
  );
}

/** Two images, channels last. */
function imagesOf(size: number): Tensor4D {
  const channelsFirst = tensor(
    weyl(2 * 3 * size * size, 99).map((value) => value + 0.5),
    [2, 3, size, size],
  );
  const images = transpose(channelsFirst, [0, 2, 3, 1]) as Tensor4D;
  channelsFirst.dispose();
  return images;
}
