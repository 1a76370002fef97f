import { createRng, disposeParams, LtuError } from "@ltu/core";
import { models } from "@ltu/models";
import { sgd, trainStep } from "@ltu/train";
import { dispose, tensor4d, type Tensor4D } from "@tensorflow/tfjs-core";

import { didYouMean } from "../nearest-name.ts";

/** The input of CIFAR-10; the numbers are random, since their values do not change the work. */
const imageShape = [32, 32, 3] as const;
const classes = 10;
/** The images of more would not fit into one array. */
const mostImages = 2 ** 16;
const normalization = { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] };
const rates = { lr: 0.1, momentum: 0.9, weightDecay: 5e-4 };

/** What is trained in a measurement. */
export interface StepSessionOptions {
  /** A name of `models`. */
  readonly model: string;
  /** Images a step. */
  readonly batch: number;
}

/** A model in training on one batch; it owns tensors until `dispose`. */
export interface StepSession {
  /** One whole step on the batch: forward, backward, SGD with momentum. Resolves with the loss before it. */
  step(): Promise<number>;
  /** All weights as numbers, parameter after parameter, for comparing two runs. */
  weights(): Promise<Float32Array>;
  dispose(): void;
}

/**
 * Starts training a model on one fixed batch of random CIFAR-10-shaped images, always from the same weights.
 *
 * @throws LtuError `OPTION` for an unknown model or an impossible batch.
 */
export function createStepSession({ model: name, batch }: StepSessionOptions): StepSession {
  const names = Object.keys(models);
  if (!names.includes(name)) {
    throw new LtuError(
      "OPTION",
      `bench-step: model must be one of ${names.join(", ")}, found "${name}"; ${didYouMean(name, names)}`,
    );
  }
  if (!Number.isInteger(batch) || batch < 2 || batch > mostImages) {
    throw new LtuError(
      "OPTION",
      `bench-step: batch must be a whole number from 2 to ${mostImages}, found ${batch}; give such as 256.`,
    );
  }
  const rng = createRng(1);
  const model = models[name as keyof typeof models]({
    inputShape: imageShape,
    classes,
    hidden: [256],
    ...normalization,
  });
  const pixels = rng.split("images");
  const size = batch * imageShape.reduce((product, length) => product * length, 1);
  const images: Tensor4D = tensor4d(
    Float32Array.from({ length: size }, () => pixels.uniform()),
    [batch, ...imageShape],
  );
  const labels = Int32Array.from({ length: batch }, (_, i) => i % classes);
  let weights = model.init(rng.split("weights"));
  let velocity = sgd.init(weights.params);
  return {
    step: async () => {
      const next = trainStep({ model, weights, velocity, batches: [{ images, labels }] }, rates);
      [weights.params, weights.stats, velocity].forEach(disposeParams);
      ({ weights, velocity } = next);
      const [loss] = await next.loss.data();
      dispose(next.loss);
      return loss as number;
    },
    weights: async () => {
      const parts: number[] = [];
      for (const tensor of [...Object.values(weights.params), ...Object.values(weights.stats)]) {
        for (const value of await tensor.data()) parts.push(value);
      }
      return Float32Array.from(parts);
    },
    dispose: () => {
      [weights.params, weights.stats, velocity].forEach(disposeParams);
      dispose(images);
    },
  };
}
