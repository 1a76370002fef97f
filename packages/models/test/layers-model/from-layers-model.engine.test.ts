import {
  memory,
  mul,
  relu,
  reshape,
  sum,
  tensor,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  createRng,
  disposeParams,
  valueAndGradient,
  type ForwardMode,
  type ModelOutput,
  type ModelWeights,
  type Params,
} from "@ltu/core";
import { fromLayersModel } from "@ltu/models/layers-model";

import { batchNorm, conv, dense } from "../../src/index.ts";
import { disposeWeights, distance, fill, imagesOf, numbersOf, smallNetwork } from "./networks.ts";

const modes = ["train", "batch", "eval"] as const satisfies readonly ForwardMode[];
// float32 sums of 18 and 48 products of numbers near 1.
const tolerance = 2e-5;

/** The small network written with this package's own layers. */
function ownNetwork({ params, stats }: ModelWeights, images: Tensor4D, mode: ForwardMode): Tensor {
  const named = (tree: Params, names: Record<string, string>): Params =>
    Object.fromEntries(Object.entries(names).map(([to, from]) => [to, tree[from] as Tensor]));
  const own = {
    params: named(params, {
      "conv.weight": "conv/kernel",
      "bn.weight": "bn/gamma",
      "bn.bias": "bn/beta",
      "fc.weight": "fc/kernel",
      "fc.bias": "fc/bias",
    }),
    stats: named(stats, { "bn.running_mean": "bn/moving_mean", "bn.running_var": "bn/moving_variance" }),
  };
  const { y } = batchNorm(conv(images, "conv", own.params), "bn", own, { mode, epsilon: 1e-3 });
  return dense(reshape(relu(y), [images.shape[0], 48]), "fc", own.params);
}

const disposeOutput = ({ logits, features, stats }: ModelOutput): void => {
  [logits, features].forEach((made) => made.dispose());
  disposeParams(stats ?? {});
};

describe("fromLayersModel, against the same network of this package's layers", () => {
  it.each(modes)("gives the same logits and the same gradient in mode %s", async (mode) => {
    const network = fill(smallNetwork());
    const { model, weights } = fromLayersModel(network);
    network.dispose();
    const images = imagesOf([5, 6, 6, 2]);
    const cotangent = tensor(createRng(3).normals(20), [5, 4]);

    const before = memory().numTensors;
    const output = model.apply(weights, images, { mode });
    expect(memory().numTensors).toBe(before + 2 + Object.keys(output.stats ?? {}).length);
    const wanted = tidy(() => ownNetwork(weights, images, mode));
    expect(await distance(output.logits, wanted)).toBeLessThan(tolerance);

    const { stats } = weights;
    const theirs = valueAndGradient((params) => {
      const { logits, stats: moved } = model.apply({ params, stats }, images, { mode });
      disposeParams(moved ?? {});
      return sum(mul(logits, cotangent)) as Scalar;
    }, weights.params);
    const ours = valueAndGradient(
      (params) => sum(mul(ownNetwork({ params, stats }, images, mode), cotangent)) as Scalar,
      weights.params,
    );
    for (const name of Object.keys(weights.params)) {
      expect(await distance(theirs.gradient[name], ours.gradient[name]), name).toBeLessThan(10 * tolerance);
      expect(
        (await numbersOf(theirs.gradient[name])).some((value) => value !== 0),
        name,
      ).toBe(true);
    }

    disposeOutput(output);
    [wanted, images, cotangent, theirs.value, ours.value].forEach((made) => made.dispose());
    [theirs.gradient, ours.gradient].forEach(disposeParams);
    expect(memory().numTensors).toBe(Object.keys({ ...weights.params, ...weights.stats }).length);
    disposeWeights(weights);
  });

  it("has the slope of a central difference", async () => {
    const network = fill(smallNetwork());
    const { model, weights } = fromLayersModel(network);
    network.dispose();
    const images = imagesOf([5, 6, 6, 2]);
    const loss = (params: Params): Scalar =>
      tidy(() => {
        const { logits } = model.apply({ params, stats: weights.stats }, images, { mode: "batch" });
        return sum(mul(logits, logits)) as Scalar;
      });
    const { value, gradient } = valueAndGradient(loss, weights.params);
    const name = "conv/kernel";
    const kernel = await numbersOf(weights.params[name]);
    const slope = await numbersOf(gradient[name]);
    const norm = Math.sqrt(slope.reduce((total, entry) => total + entry * entry, 0));
    const at = async (step: number): Promise<number> => {
      const moved = tensor(
        kernel.map((entry, i) => entry + (step * (slope[i] as number)) / norm),
        [3, 3, 2, 3],
      );
      const result = loss({ ...weights.params, [name]: moved });
      const [number] = await result.data();
      [moved, result].forEach((made) => made.dispose());
      return number as number;
    };
    const step = 1e-3;
    expect(((await at(step)) - (await at(-step))) / (2 * step) / norm).toBeCloseTo(1, 2);
    [value, images].forEach((made) => made.dispose());
    disposeParams(gradient);
    disposeWeights(weights);
  });
});
