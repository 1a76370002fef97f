import { isLtuError, LtuError } from "@ltu/core";

import { fashionMnistClassNames } from "./fashion-mnist.ts";
import { parseIdx } from "./idx.ts";
import { createLoadedData, type LoadedData } from "./loaded-data.ts";
import { normalization } from "./normalization.ts";

/** Images in each part of `fashion-mini`; every class has the same number in each. */
export const fashionMiniSizes: { readonly train: number; readonly val: number; readonly test: number } = {
  train: 4000,
  val: 1000,
  test: 2000,
};

/** {@link LoadedData.contentHash} of `fashion-mini`: what its file must hold. */
export const fashionMiniHash = "edb799f2c3efae7b704bb64c6741c9a3d250d4155502c3ebf149ef9d160961de";

/**
 * The small set of real pictures that comes with this package: 4,000 training and 1,000 validation images from the
 * official training set of Fashion-MNIST, 2,000 test images from its official test set, ten classes, balanced.
 * `scripts/make-fashion-mini.ts` made it.
 *
 * In Node, `loadFashionMini()` of `@ltu/datasets/node` reads the file by itself. A browser fetches it.
 *
 * @param file - The bytes of `assets/fashion-mini.idx.gz`: gzipped, an IDX array of images, then one of labels.
 * @returns Training, validation, test, `[28, 28, 1]`.
 * @throws LtuError `DATA` when the bytes are not those of the file.
 *
 * Source: Han Xiao, Kashif Rasul, Roland Vollgraf, Fashion-MNIST, 2017, arXiv 1708.07747 (MIT licence).
 */
export async function parseFashionMini(file: Uint8Array): Promise<LoadedData> {
  const damaged = (found: string, cause?: unknown): LtuError =>
    new LtuError(
      "DATA",
      `parseFashionMini: expected the bytes of assets/fashion-mini.idx.gz of this version, found ${found}; install @ltu/datasets again.`,
      { cause },
    );
  let loaded: LoadedData;
  try {
    const bytes = await gunzip(file);
    const images = parseIdx(bytes);
    const labels = parseIdx(bytes, images.end);
    loaded = createLoadedData({
      name: "fashion-mini",
      imageShape: [28, 28, 1],
      classNames: fashionMnistClassNames,
      pixels: images.data,
      labels: Int32Array.from(labels.data),
      sizes: fashionMiniSizes,
      normalization: normalization["fashion-mini"],
      augmentation: "none",
    });
  } catch (cause) {
    throw damaged(isLtuError(cause) ? cause.message : "a file that cannot be unpacked", cause);
  }
  if (loaded.contentHash !== fashionMiniHash) throw damaged(`content ${loaded.contentHash}`);
  return loaded;
}

/** Unpacks with what browsers and Node have in common. */
async function gunzip(bytes: Uint8Array): Promise<Uint8Array> {
  const unpacked = new Blob([new Uint8Array(bytes)])
    .stream()
    .pipeThrough(new DecompressionStream("gzip") as ReadableWritablePair<Uint8Array, Uint8Array>);
  return new Uint8Array(await new Response(unpacked).arrayBuffer());
}
