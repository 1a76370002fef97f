import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";

import { LtuError } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";
import { statisticsOfTraining } from "../from-arrays.ts";
import { checkKeptParts } from "../images/check-kept-parts.ts";
import { decodedKey, filesDigest } from "../images/content-key.ts";
import { decodeAll, type SkippedImage } from "../images/decode-all.ts";
import { cachePath } from "../images/decoded-cache.ts";
import { folderTree } from "../images/folder-tree.ts";
import { keptParts } from "../images/kept-parts.ts";
import { createLoadedData, type LoadedData } from "../loaded-data.ts";
import { heldOutShare } from "./held-out-share.ts";
import { checkImageFolderOptions, type LoadImageFolderOptions } from "./image-folder-options.ts";
import { listImageFolder, type ImageFolderListing, type PartName } from "./list-image-folder.ts";

const where = "loadImageFolder";

/** Images from files, and which file each came from. */
export interface ImageFolderData extends LoadedData {
  /** The file of each image of `dataset`, relative to the folder, with `/` between folders. */
  readonly files: readonly string[];
  readonly skipped: readonly SkippedImage[];
}

/**
 * Your own pictures: a folder with one sub-folder a class, holding PNG and JPEG files of any size. Classes are named by their
 * folders and sorted by code units.
 *
 * - Parts: the folder's `train/`, `val/` (may be absent) and `test/`, each with the class folders in it; else a test part is
 *   drawn, `testShare` of each class, by `splitSeed`, the class's name and its number of pictures alone.
 * - Pictures become `[height, width, channels]` bytes: alpha is laid on white, 16 bits become 8, palettes colours, gray
 *   fills all channels; resizing is bilinear with area averages, see `fit`. Orientation tags are not looked at.
 * - They are decoded one after the other into one array, and kept beside the data under a key of everything that decides
 *   them: the bytes of all files, their names and the shape. A cache that is damaged is made again; a folder that cannot
 *   be written is read without one.
 * - `normalization` is the mean and deviation of the training images.
 *
 * @throws LtuError `DATA` for no class folder, an empty class, two names that differ in case or Unicode form only, a picture
 * outside of every class, a file that does not decode (named), a class with nothing left to train on, nothing to test on;
 * `OPTION`; `ABORTED`.
 */
export async function loadImageFolder(
  folder: string,
  options: LoadImageFolderOptions,
): Promise<ImageFolderData> {
  const { channels = 3, fit = "crop", augmentation = "none", skipBroken = false, cache = true } = options;
  const { onProgress, signal } = options;
  const [height, width] = checkImageFolderOptions(options);
  throwIfAborted(where, signal);
  await checkFolder(folder);
  const tree = await folderTree(folder, { where, remedy: "make it readable, or take it out" });
  const listing = listImageFolder(where, tree);
  const parts = partsOf(folder, listing, options);
  const files = listing.images.map(({ file }) => file);
  const imageShape = [height, width, channels] as const;
  const digest = { where, task: "check image-folder", onProgress, signal };
  const key = cache
    ? decodedKey(await filesDigest(tree, files, digest), files, { imageShape, fit })
    : undefined;
  const { pixels, kept, skipped } = await decodeAll({
    where,
    tree,
    files,
    imageShape,
    fit,
    skipBroken,
    cache: key === undefined ? undefined : { path: cachePath(folder, key), key },
    task: "load image-folder",
    onProgress,
    signal,
  });
  const labels = kept.map((position) => listing.images[position]?.label as number);
  const { classNames } = listing;
  const partsLeft = keptParts(parts, kept);
  checkKeptParts({ classNames, labels, parts: partsLeft }, { where, path: folder });
  const loaded = createLoadedData(
    {
      name: "image-folder",
      imageShape,
      classNames,
      pixels,
      labels,
      parts: partsLeft,
      normalization: { mean: Array<number>(channels).fill(0), std: Array<number>(channels).fill(1) },
      augmentation,
    },
    { createSha256: () => createHash("sha256") },
  );
  return {
    ...loaded,
    normalization: statisticsOfTraining(loaded),
    files: [...kept].map((position) => files[position] as string),
    skipped,
  };
}

async function checkFolder(folder: string): Promise<void> {
  const isFolder = await stat(folder).then(
    (found) => found.isDirectory(),
    () => undefined,
  );
  if (isFolder === true) return;
  throw new LtuError(
    "DATA",
    `${where}: ${folder}: expected a folder with a sub-folder for each class, found ${isFolder === undefined ? "nothing there" : "a file"}; name the folder that holds the class folders.`,
  );
}

/** The part of each picture: that of its folder, or drawn. */
function partsOf(
  folder: string,
  listing: ImageFolderListing,
  { splitSeed, testShare }: LoadImageFolderOptions,
): { readonly part: PartName }[] {
  const { images } = listing;
  if (images[0]?.part === undefined) {
    if (splitSeed === undefined) {
      throw new LtuError(
        "OPTION",
        `${where}: splitSeed must be given for ${folder}, which has no train/ and test/, found none; give a seed, or sort the pictures into train/ and test/.`,
      );
    }
    const test = heldOutShare(listing, { share: testShare ?? 0.2, splitSeed });
    return images.map((_, position) => ({ part: test.has(position) ? "test" : "train" }));
  }
  if (testShare !== undefined) {
    throw new LtuError(
      "OPTION",
      `${where}: testShare is for folders without parts, found ${testShare} for ${folder}, which has train/ and test/; leave it out.`,
    );
  }
  return images.map(({ part }) => ({ part: part as PartName }));
}
