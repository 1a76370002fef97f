import { LtuError } from "@ltu/core";

import type { DatasetParts } from "../dataset-parts.ts";

/** What is left of a data set once pictures that do not decode are left out. */
export interface KeptParts {
  readonly classNames: readonly string[];
  /** Of the images that were kept. */
  readonly labels: Int32Array;
  /** Positions among the images that were kept. */
  readonly parts: DatasetParts;
}

/**
 * Refuses a data set that nothing can be learned from or tested on: a class without a training image, or no test image.
 *
 * @param path - The folder or archive, for the message.
 * @throws LtuError `DATA`.
 */
export function checkKeptParts(
  { classNames, labels, parts }: KeptParts,
  { where, path }: { readonly where: string; readonly path: string },
): void {
  const trained = new Set(Array.from(parts.train, (index) => labels[index]));
  const empty = classNames.find((_, label) => !trained.has(label));
  if (empty !== undefined) {
    throw new LtuError(
      "DATA",
      `${where}: ${path}: expected a picture to train on in each class, found none in ${empty}; replace its files or remove the class.`,
    );
  }
  if (parts.test.length > 0) return;
  throw new LtuError(
    "DATA",
    `${where}: ${path}: expected a picture to test on, found ${labels.length} pictures that all train; add pictures, or replace those that do not decode.`,
  );
}
