import type { Dataset, IndexSet } from "@ltu/core";

import type { DatasetName } from "./datasets.ts";

/** Mean and standard deviation of each channel, in the unit of pixels in [0, 1]. */
export interface Normalization {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * The one table of normalisation constants. The model's first layer subtracts `mean` and divides by `std`.
 *
 * Other real sets: statistics of their official training images, rounded to four digits, all pixels pooled (a test
 * computes them again where the files are there). `synthetic`: round numbers that fit its generator, the same for every channel.
 *
 * Tiny-ImageNet: the constants of ImageNet, as in the source. An image folder has none: its loader takes the statistics of its
 * training images.
 *
 * Source: CIFAR and Tiny-ImageNet as in OPTML-Group/Unlearn-Saliency a6e89fd, `Classification/dataset.py`.
 */
export const normalization: Readonly<Record<Exclude<DatasetName, "image-folder">, Normalization>> = {
  cifar10: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
  cifar100: { mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762] },
  "fashion-mini": { mean: [0.2876], std: [0.3545] },
  "fashion-mnist": { mean: [0.286], std: [0.353] },
  mnist: { mean: [0.1307], std: [0.3081] },
  synthetic: { mean: [0.5], std: [0.16] },
  "tiny-imagenet-20": { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  "tiny-imagenet-200": { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
};

/**
 * Mean and standard deviation of each channel over some images, all their pixels pooled, in float64.
 *
 * @param indexes - Which images; at least one.
 * @returns Numbers in the unit of pixels in [0, 1]; `std` divides by the number of pixels.
 */
export function channelStatistics(dataset: Dataset, indexes: IndexSet): Normalization {
  const [height, width, channels] = dataset.imageShape;
  const stride = height * width * channels;
  // A histogram of the 256 values makes the sums exact, whatever the order.
  const counts = new Float64Array(channels * 256);
  for (const index of indexes) {
    const start = index * stride;
    for (let p = 0; p < stride; p++) {
      const slot = (p % channels) * 256 + (dataset.pixels[start + p] as number);
      counts[slot] = (counts[slot] as number) + 1;
    }
  }
  const pixelsPerChannel = indexes.length * height * width;
  const moments = Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    let squares = 0;
    for (let value = 0; value < 256; value++) {
      const count = counts[channel * 256 + value] as number;
      sum += count * value;
      squares += count * value * value;
    }
    const mean = sum / pixelsPerChannel;
    return { mean: mean / 255, std: Math.sqrt(squares / pixelsPerChannel - mean * mean) / 255 };
  });
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}
