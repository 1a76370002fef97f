import {
  add,
  keep,
  matMul,
  mul,
  ones,
  relu,
  reshape,
  tensor2d,
  tidy,
  zeros,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { batchNormInference, batchNormTraining, type Model, type ModelOutput } from "@ltu/core";

const width = 6;

/** The smallest model with batch norm: dense, batch norm, ReLU, dense. Convolutions are too slow for these tests. */
export function batchNormMlp({
  inputShape,
  classes,
}: {
  inputShape: readonly [number, number, number];
  classes: number;
}): Model {
  const inputs = inputShape.reduce((product, length) => product * length, 1);
  return {
    name: "batch-norm-mlp",
    inputShape,
    classes,
    init: (rng) => ({
      params: {
        w1: tensor2d(rng.split("w1").normals(inputs * width, 0.6), [inputs, width]),
        gamma: ones([width]),
        beta: zeros([width]),
        w2: tensor2d(rng.split("w2").normals(width * classes, 0.6), [width, classes]),
        b2: zeros([classes]),
      },
      stats: { mean: zeros([width]), variance: ones([width]) },
    }),
    apply: ({ params, stats }, images, { mode }): ModelOutput =>
      tidy(() => {
        const [gamma, beta] = [params["gamma"] as Tensor1D, params["beta"] as Tensor1D];
        const [mean, variance] = [stats["mean"] as Tensor1D, stats["variance"] as Tensor1D];
        const x = matMul(reshape(images, [-1, inputs]), params["w1"] as Tensor2D) as Tensor2D;
        const seen = mode === "eval" ? undefined : batchNormTraining(x, gamma, beta);
        const features = relu(seen?.y ?? batchNormInference(x, gamma, beta, mean, variance));
        const logits = add(matMul(features, params["w2"] as Tensor2D), params["b2"] as Tensor);
        const moved = (old: Tensor, now: Tensor): Tensor => keep(add(mul(old, 0.9), mul(now, 0.1)));
        const next =
          mode === "train" && seen !== undefined
            ? { mean: moved(mean, seen.mean), variance: moved(variance, seen.variance) }
            : undefined;
        return { logits, features, stats: next } as never;
      }) as unknown as ModelOutput,
    withClasses: (other) => batchNormMlp({ inputShape, classes: other }),
  };
}
