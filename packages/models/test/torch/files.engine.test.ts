import { mean, tensor1d, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  decodeSafetensors,
  disposeParams,
  softmaxCrossEntropy,
  valueAndGradient,
  type Params,
  type StoredTensor,
} from "@ltu/core";

import { fromTorch, toTorch } from "../../src/torch/index.ts";
import { bytesOf, distance, imagesOf, networks, outputsOf } from "./read-vectors.ts";

// Both sides compute in float32; the differences are those of the order of sums.
const tolerance = 2e-5;
// A gradient through twenty batch norms of few numbers, whose rounding errors they magnify.
const gradientTolerance = 5e-4;

describe.each(Object.entries(networks))("%s from the file of PyTorch", (name, model) => {
  it("gives the same logits in eval and in train mode, running statistics and gradients", async () => {
    const outputs = outputsOf(name);
    const of = (key: string): StoredTensor => outputs[key] as StoredTensor;
    const { params, stats } = fromTorch(model, decodeSafetensors(bytesOf(name)).tensors);
    const images = imagesOf(of("images"));
    const labels = tensor1d([0, 4, 2, 2], "int32");

    const evaluated = model.apply({ params, stats }, images, { mode: "eval" });
    expect(await distance(evaluated.logits, of("eval"))).toBeLessThan(tolerance);

    let trained: { readonly stats: Params | undefined } | undefined;
    const { value, gradient } = valueAndGradient((at): Scalar => {
      const { logits, stats: after } = model.apply({ params: at, stats }, images, { mode: "train" });
      trained = { stats: after };
      return mean(softmaxCrossEntropy(logits, labels));
    }, params);
    const inTraining = model.apply({ params, stats }, images, { mode: "batch" });
    expect(await distance(inTraining.logits, of("train"))).toBeLessThan(tolerance);

    const after = trained?.stats ?? {};
    expect(Object.keys(after)).toEqual(Object.keys(stats));
    for (const [key, running] of Object.entries(after)) {
      expect(await distance(running, of(`after/${key}`)), key).toBeLessThan(tolerance);
    }
    const inTorch = await toTorch(model, { params: gradient, stats: {} });
    const known = Object.keys(outputs).filter((key) => key.startsWith("gradient/"));
    expect(known.length).toBeGreaterThan(3);
    for (const key of known) {
      const found = inTorch[key.slice("gradient/".length)] as StoredTensor;
      expect(await distance(found, of(key)), key).toBeLessThan(gradientTolerance);
    }
    const made: Tensor[] = [images, labels, value];
    [evaluated, inTraining].forEach(({ logits, features }) => made.push(logits, features));
    made.forEach((each) => each.dispose());
    [params, stats, gradient, after].forEach(disposeParams);
  });
});
