import { mul, sub, tensor1d, tidy, type Tensor4D } from "@tensorflow/tfjs-core";

/** Mean and standard deviation of each input channel, of images in [0, 1]. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The first layer of a model: (x - mean) / std for each channel.
 *
 * @param images - `[batch, height, width, channels]` in [0, 1].
 * @returns The shape of `images`; the caller disposes it.
 */
export function normalize(images: Tensor4D, { mean, std }: Normalization): Tensor4D {
  return tidy(() => mul(sub(images, tensor1d([...mean])), tensor1d(std.map((s) => 1 / s))) as Tensor4D);
}
