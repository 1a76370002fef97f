import { tensor4d } from "@tensorflow/tfjs-core";

import type { BatchSource, IndexSet, Rng } from "@ltu/core";

/**
 * A tiny learnable data source for tests: images of one class share a random mean picture, plus noise.
 *
 * @returns The batch source and its labels; labels cycle through the classes.
 */
export function gaussianBatches(
  rng: Rng,
  {
    size,
    classes,
    imageShape = [4, 4, 1],
    noise = 0.15,
  }: { size: number; classes: number; imageShape?: readonly [number, number, number]; noise?: number },
): BatchSource & { readonly labels: Int32Array } {
  const [height, width, channels] = imageShape;
  const pixelsPerImage = height * width * channels;
  const labels = Int32Array.from({ length: size }, (_, i) => i % classes);
  const means = Array.from({ length: classes }, (_, k) =>
    rng.split(`mean/${k}`).normals(pixelsPerImage, 0.2),
  );
  const draws = rng.split("noise").normals(size * pixelsPerImage, noise);
  const pixels = Float32Array.from({ length: size * pixelsPerImage }, (_, p) => {
    const image = Math.floor(p / pixelsPerImage);
    const mean = means[labels[image] as number] as Float32Array;
    return Math.min(1, Math.max(0, 0.5 + (mean[p % pixelsPerImage] as number) + (draws[p] as number)));
  });
  const source = (indexes: IndexSet) => {
    const values = new Float32Array(indexes.length * pixelsPerImage);
    indexes.forEach((index, i) =>
      values.set(pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage), i * pixelsPerImage),
    );
    return {
      images: tensor4d(values, [indexes.length, height, width, channels]),
      labels: indexes.map((index) => labels[index] as number),
      indexes,
    };
  };
  return Object.assign(source, { imageShape, classes, labels });
}
