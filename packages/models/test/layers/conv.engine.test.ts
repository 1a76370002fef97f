import { mul, sum, tensor, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, valueAndGradient, type Params } from "@ltu/core";

import { conv } from "../../src/index.ts";

interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly size: number;
  readonly stride: number;
  readonly pad: number;
  readonly channels: number;
  readonly filters: number;
}

const batch = 2;

/** Calls `visit` for each product of the convolution with its offsets in image, kernel and output. */
function forEachProduct(
  geometry: Geometry,
  visit: (image: number, kernel: number, output: number) => void,
): number[] {
  const { height, width, size, stride, pad, channels, filters } = geometry;
  const [rows, columns] = [height, width].map(
    (length) => Math.floor((length + 2 * pad - size) / stride) + 1,
  ) as [number, number];
  for (let b = 0; b < batch; b++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++)
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) {
            const [y, x] = [r * stride + i - pad, c * stride + j - pad];
            if (y < 0 || y >= height || x < 0 || x >= width) continue;
            for (let k = 0; k < channels; k++)
              for (let f = 0; f < filters; f++)
                visit(
                  ((b * height + y) * width + x) * channels + k,
                  ((i * size + j) * channels + k) * filters + f,
                  ((b * rows + r) * columns + c) * filters + f,
                );
          }
  return [batch, rows, columns, filters];
}

const cases: readonly Geometry[] = [
  { height: 8, width: 8, size: 3, stride: 2, pad: 1, channels: 3, filters: 4 },
  { height: 7, width: 10, size: 3, stride: 2, pad: 1, channels: 3, filters: 4 },
  { height: 7, width: 7, size: 3, stride: 2, pad: 1, channels: 2, filters: 3 },
  { height: 6, width: 5, size: 3, stride: 1, pad: 1, channels: 2, filters: 3 },
  { height: 2, width: 1, size: 3, stride: 2, pad: 1, channels: 2, filters: 3 },
  { height: 9, width: 8, size: 5, stride: 3, pad: 2, channels: 1, filters: 2 },
  // An even size under a strided 1x1 kernel: the case that one native library gets wrong.
  { height: 10, width: 10, size: 1, stride: 2, pad: 0, channels: 3, filters: 4 },
  { height: 12, width: 7, size: 1, stride: 2, pad: 0, channels: 5, filters: 2 },
  { height: 5, width: 6, size: 3, stride: 1, pad: 0, channels: 2, filters: 2 },
];

// Sums of fewer than 100 products of numbers near 1 in float32.
const tolerance = 1e-4;

describe("conv", () => {
  it.each(cases)("agrees with its definition, forward and backward: %o", async (geometry) => {
    const { height, width, size, channels, filters } = geometry;
    const rng = createRng(1);
    const image = rng.split("image").normals(batch * height * width * channels);
    const kernel = rng.split("kernel").normals(size * size * channels * filters);
    const shape = forEachProduct(geometry, () => undefined);
    const length = shape.reduce((product, n) => product * n, 1);
    const cotangent = rng.split("cotangent").normals(length);
    const output = new Float64Array(length);
    const imageGradient = new Float64Array(image.length);
    const kernelGradient = new Float64Array(kernel.length);
    forEachProduct(geometry, (x, k, y) => {
      output[y] = (output[y] as number) + (image[x] as number) * (kernel[k] as number);
      imageGradient[x] = (imageGradient[x] as number) + (cotangent[y] as number) * (kernel[k] as number);
      kernelGradient[k] = (kernelGradient[k] as number) + (cotangent[y] as number) * (image[x] as number);
    });

    const params: Params = {
      image: tensor(image, [batch, height, width, channels]),
      "c.weight": tensor(kernel, [size, size, channels, filters]),
    };
    const along = tensor(cotangent, shape);
    const y = conv(params["image"] as Tensor4D, "c", params, geometry);
    const { value, gradient } = valueAndGradient(
      (at) => sum(mul(conv(at["image"] as Tensor4D, "c", at, geometry), along)),
      params,
    );

    const distance = async (got: Tensor | undefined, wanted: Float64Array): Promise<number> => {
      const found = await (got as Tensor).data();
      return wanted.reduce((worst, want, i) => Math.max(worst, Math.abs(want - (found[i] as number))), 0);
    };
    expect(y.shape).toEqual(shape);
    expect(await distance(y, output)).toBeLessThan(tolerance);
    expect(await distance(gradient["image"], imageGradient)).toBeLessThan(tolerance);
    expect(await distance(gradient["c.weight"], kernelGradient)).toBeLessThan(tolerance);
    [y, along, value].forEach((made) => made.dispose());
    [params, gradient].forEach(disposeParams);
  });
});
