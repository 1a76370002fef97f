import {
  add,
  customGrad,
  clone,
  keep,
  matMul,
  mul,
  relu,
  reshape,
  sub,
  tensor,
  tidy,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

import { batchNormInference, batchNormTraining, type Model, type ModelOutput } from "@ltu/core";

/** Width of the hidden layer. */
const width = 12;
/** Share of a batch's statistics that enters the running ones, as in PyTorch. */
const momentum = 0.1;

/**
 * Linear, batch norm, ReLU, linear: quick on every engine, with running statistics, and large enough to know the
 * suite's images by heart.
 */
export function contractModel(classes: number, inputShape: readonly [number, number, number]): Model {
  const pixels = inputShape.reduce((product, length) => product * length, 1);
  return {
    name: "contract-mlp",
    inputShape,
    classes,
    withClasses: (other) => contractModel(other, inputShape),
    init: (rng) => {
      const drawn = (name: string, shape: number[], scale: number): Tensor =>
        tensor(
          rng.split(name).normals(
            shape.reduce((a, b) => a * b, 1),
            scale,
          ),
          shape,
        );
      const filled = (value: number): Tensor => tensor(new Float32Array(width).fill(value));
      return {
        params: {
          "fc1.weight": drawn("fc1.weight", [pixels, width], 1 / Math.sqrt(pixels)),
          "fc1.bias": filled(0),
          "bn1.weight": filled(1),
          "bn1.bias": filled(0),
          "fc.weight": drawn("fc.weight", [width, classes], 1 / Math.sqrt(width)),
          "fc.bias": drawn("fc.bias", [classes], 1 / Math.sqrt(width)),
        },
        stats: { "bn1.running_mean": filled(0), "bn1.running_var": filled(1) },
      };
    },
    apply: ({ params, stats }, images, { mode }) =>
      tidy(() => {
        const of = (name: string): Tensor1D => (params[name] ?? stats[name]) as Tensor1D;
        const linear = (x: Tensor2D, layer: string): Tensor2D =>
          add(matMul(x, params[`${layer}.weight`] as Tensor2D), of(`${layer}.bias`));
        const x = mul(sub(reshape(images, [images.shape[0], pixels]), 0.5), 4) as Tensor2D;
        const hidden = linear(x, "fc1");
        const seen =
          mode === "eval" ? undefined : batchNormTraining(hidden, of("bn1.weight"), of("bn1.bias"));
        const normed =
          seen?.y ??
          batchNormInference(
            hidden,
            of("bn1.weight"),
            of("bn1.bias"),
            of("bn1.running_mean"),
            of("bn1.running_var"),
          );
        const features = relu(normed);
        const logits = linear(features, "fc");
        if (mode !== "train" || seen === undefined) return { logits, features, stats: undefined } as never;
        const moved = (running: string, batch: Tensor): Tensor =>
          // Kept, so that they outlive the tidy of a gradient around this pass.
          keep(add(mul(of(running), 1 - momentum), mul(batch, momentum)));
        const count = images.shape[0];
        const unbiased = mul(seen.variance, count / Math.max(1, count - 1));
        return {
          logits,
          features,
          stats: {
            "bn1.running_mean": moved("bn1.running_mean", seen.mean),
            "bn1.running_var": moved("bn1.running_var", unbiased),
          },
        } as never;
      }) as unknown as ModelOutput,
  };
}

/** Images that went through a model. */
export interface PassCounts {
  forward: number;
  backward: number;
}

/**
 * The same model, counting: each forward pass when it is asked for, each backward pass when a gradient comes back
 * through the logits. Its other numbers of classes count into the same sums.
 */
export function countingModel(model: Model, counts: PassCounts): Model {
  return {
    ...model,
    withClasses: (classes) => countingModel(model.withClasses(classes), counts),
    apply: (weights, images, options) => {
      const [size] = images.shape;
      counts.forward += size;
      const output = model.apply(weights, images, options);
      const counted = customGrad((...inputs) => ({
        value: clone(inputs[0] as Tensor),
        gradFunc: (gradient: Tensor) => {
          counts.backward += size;
          return clone(gradient);
        },
      }));
      const logits = counted(output.logits) as Tensor2D;
      return { ...output, logits };
    },
  };
}
