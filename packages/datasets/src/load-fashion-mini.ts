import { readFile } from "node:fs/promises";

import { LtuError } from "@ltu/core";

import { parseFashionMini } from "./fashion-mini.ts";
import type { LoadedData } from "./loaded-data.ts";

/**
 * The small set of real pictures that comes with this package, read from its own folder: 4,000 training, 1,000
 * validation and 2,000 test images of Fashion-MNIST. See {@link parseFashionMini}.
 *
 * @throws LtuError `DATA` when the file is missing or damaged.
 *
 * @example
 * ```ts
 * import { loadFashionMini } from "@ltu/datasets/node";
 *
 * const { dataset, parts } = await loadFashionMini();
 * console.log(dataset.imageShape.join("x"), parts.train.length, dataset.classNames[7]); // → 28x28x1 4000 Sneaker
 * ```
 */
export async function loadFashionMini(): Promise<LoadedData> {
  // One folder up from src/ as well as from dist/.
  const url = new URL("../assets/fashion-mini.idx.gz", import.meta.url);
  const file = await readFile(url).catch((cause: unknown) => {
    throw new LtuError(
      "DATA",
      `loadFashionMini: ${url.pathname}: expected the file that comes with this package, found none; install @ltu/datasets again.`,
      { cause },
    );
  });
  return parseFashionMini(file);
}
