import {
  mean,
  reshape,
  slice,
  stack,
  tidy,
  transpose,
  type Tensor2D,
  type Tensor4D,
} from "@tensorflow/tfjs-core";

/**
 * Adaptive average pooling to `size` x `size` bins, flattened channel by channel as PyTorch does it: bin i of an axis
 * of `length` covers the places floor(i length / size) to ceil((i + 1) length / size), so bins overlap where `size`
 * does not divide `length`, and an axis shorter than `size` is repeated.
 *
 * @param x - `[batch, height, width, channels]`.
 * @returns `[batch, channels size size]`: all bins of the first channel, row after row, then those of the next; the
 *   caller disposes it.
 *
 * Source: `torch.nn.AdaptiveAvgPool2d` followed by `torch.flatten`.
 */
export function adaptiveAveragePool(x: Tensor4D, size: number): Tensor2D {
  const [batch, height, width, channels] = x.shape;
  return tidy(() => {
    // One place a bin: nothing to average.
    if (height === size && width === size) {
      return reshape(transpose(x, [0, 3, 1, 2]), [batch, channels * size * size]) as Tensor2D;
    }
    const bins = bounds(height, size).flatMap(([top, rows]) =>
      bounds(width, size).map(([left, columns]) =>
        mean(slice(x, [0, top, left, 0], [batch, rows, columns, channels]), [1, 2]),
      ),
    );
    return reshape(stack(bins, 2), [batch, channels * size * size]) as Tensor2D;
  });
}

/** Start and length of each bin of an axis. */
function bounds(length: number, size: number): [number, number][] {
  return Array.from({ length: size }, (_, i) => {
    const start = Math.floor((i * length) / size);
    return [start, Math.ceil(((i + 1) * length) / size) - start];
  });
}
