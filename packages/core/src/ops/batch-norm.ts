import { add, mean, mul, rsqrt, square, sub, tidy, type Tensor, type Tensor1D } from "@tensorflow/tfjs-core";

import { LtuError } from "../errors.ts";
import { hasKernel, kernelNames, runKernel } from "./kernel.ts";

/** Options of both batch-norm ops. */
export interface BatchNormOptions {
  /** Added to the variance; default 1e-5, as PyTorch (TensorFlow.js layers use 1e-3). */
  readonly epsilon?: number;
}

/** What {@link batchNormTraining} returns; the caller disposes all three. */
export interface BatchNormTrainingResult<T extends Tensor = Tensor> {
  /** Normalised activations, the shape of `x`. */
  readonly y: T;
  /** Batch mean, `[channels]`. Not differentiable through: take it for running statistics only. */
  readonly mean: Tensor1D;
  /** Biased batch variance, `[channels]`; the running variance wants it times n / (n - 1). */
  readonly variance: Tensor1D;
}

/**
 * Batch normalisation with the statistics of the batch.
 *
 * y = gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and biased variance over all axes but the last.
 *
 * @param x - `[batch, height, width, channels]` or `[batch, channels]`.
 * @param gamma - `[channels]`.
 * @param beta - `[channels]`.
 * @throws LtuError `SHAPE` for an empty batch, or gamma and beta that do not have one number for each channel.
 *
 * Source: Ioffe and Szegedy, 2015, Algorithm 1; epsilon and statistics as `torch.nn.BatchNorm2d`.
 */
export function batchNormTraining<T extends Tensor>(
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  { epsilon = 1e-5 }: BatchNormOptions = {},
): BatchNormTrainingResult<T> {
  checkShapes("batchNormTraining", x, { gamma, beta });
  if (hasKernel(kernelNames.batchNormTraining)) {
    const [y, batchMean, variance] = runKernel(
      kernelNames.batchNormTraining,
      { x, gamma, beta },
      { epsilon },
    );
    return { y: y as T, mean: batchMean as Tensor1D, variance: variance as Tensor1D };
  }
  return tidy(() => {
    const axes = x.shape.slice(0, -1).map((_, axis) => axis);
    const batchMean = mean(x, axes) as Tensor1D;
    const centred = sub(x, batchMean);
    const variance = mean(square(centred), axes) as Tensor1D;
    const y = add(mul(centred, mul(gamma, rsqrt(add(variance, epsilon)))), beta) as T;
    return { y, mean: batchMean, variance } as unknown as Record<string, never>;
  }) as unknown as BatchNormTrainingResult<T>;
}

/**
 * Batch normalisation with given (running) statistics, as in eval mode; gradients reach `x`, `gamma` and `beta`.
 *
 * @returns The shape of `x`; the caller disposes it.
 * @throws LtuError `SHAPE` as {@link batchNormTraining}.
 */
export function batchNormInference<T extends Tensor>(
  x: T,
  gamma: Tensor1D,
  beta: Tensor1D,
  runningMean: Tensor1D,
  runningVariance: Tensor1D,
  { epsilon = 1e-5 }: BatchNormOptions = {},
): T {
  checkShapes("batchNormInference", x, { gamma, beta, runningMean, runningVariance });
  if (hasKernel(kernelNames.batchNormInference)) {
    return runKernel(
      kernelNames.batchNormInference,
      { x, gamma, beta, mean: runningMean, variance: runningVariance },
      { epsilon },
    )[0] as T;
  }
  return tidy(() => {
    const scale = mul(gamma, rsqrt(add(runningVariance, epsilon)));
    return add(mul(x, scale), sub(beta, mul(runningMean, scale))) as T;
  });
}

function checkShapes(where: string, x: Tensor, perChannel: Record<string, Tensor1D>): void {
  const channels = x.shape[x.rank - 1];
  if (x.rank < 2 || x.size === 0) {
    throw new LtuError(
      "SHAPE",
      `${where}: x must be [..., channels] with at least one number for each channel, found shape [${x.shape.join(", ")}]; give a batch that is not empty.`,
    );
  }
  for (const [name, tensor] of Object.entries(perChannel)) {
    if (tensor.rank !== 1 || tensor.size !== channels) {
      throw new LtuError(
        "SHAPE",
        `${where}: ${name} must have one number for each of the ${channels} channels of x, found shape [${tensor.shape.join(", ")}]; make it with shape [${channels}].`,
      );
    }
  }
}
