import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";

import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";
import type { DatasetParts } from "../dataset-parts.ts";
import { statisticsOfTraining } from "../from-arrays.ts";
import { decodedKey, filesDigest } from "../images/content-key.ts";
import { decodeAll, type SkippedImage } from "../images/decode-all.ts";
import { cachePath } from "../images/decoded-cache.ts";
import { folderTree } from "../images/folder-tree.ts";
import { createLoadedData, type LoadedData } from "../loaded-data.ts";
import { heldOutShare } from "./held-out-share.ts";
import { listImageFolder, partNames, type ImageFolderListing } from "./list-image-folder.ts";

const where = "loadImageFolder";

/** Options of {@link loadImageFolder}. */
export interface LoadImageFolderOptions {
  /** Side of the square images, or `[height, width]`. */
  readonly size: number | readonly [number, number];
  /** 3 for colour, 1 for gray. Default 3. */
  readonly channels?: 1 | 3;
  /** Pictures of other proportions: `"crop"` takes the middle, `"stretch"` distorts. Default `"crop"`. */
  readonly fit?: "crop" | "stretch";
  /** What training batches go through. Default `"none"`: a flip spoils pictures of writing. */
  readonly augmentation?: "crop-flip" | "none";
  /** Seed of the test part, for a folder without `train/` and `test/`. */
  readonly splitSeed?: number;
  /** Share of each class that tests, for such a folder, in (0, 1). Default 0.2. */
  readonly testShare?: number;
  /** Leave out files that are no picture or do not decode, and list them in `skipped`. Default: the first is an error. */
  readonly skipBroken?: boolean;
  /** Keep decoded pictures in `.ltu-cache/` in the folder. Default true. */
  readonly cache?: boolean;
  /** Told about a hundred times: pictures decoded of all. */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

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
 * outside of every class, a file that does not decode (named); `OPTION`; `ABORTED`.
 */
export async function loadImageFolder(
  folder: string,
  options: LoadImageFolderOptions,
): Promise<ImageFolderData> {
  const { channels = 3, fit = "crop", augmentation = "none", skipBroken = false, cache = true } = options;
  const { onProgress, signal } = options;
  const [height, width] = checkedSize(options);
  throwIfAborted(where, signal);
  await checkFolder(folder);
  const tree = await folderTree(folder, { where, remedy: "make it readable, or take it out" });
  const listing = listImageFolder(where, tree);
  const parts = partsOf(folder, listing, options);
  const files = listing.images.map(({ file }) => file);
  const imageShape = [height, width, channels] as const;
  const key = cache
    ? decodedKey(await filesDigest(tree, files, { where, signal }), files, { imageShape, fit })
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
  checkClasses(folder, listing, labels);
  const loaded = createLoadedData(
    {
      name: "image-folder",
      imageShape,
      classNames: listing.classNames,
      pixels,
      labels,
      parts: keptParts(parts, kept),
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

function checkedSize({
  size,
  channels,
  fit,
  testShare,
  splitSeed,
}: LoadImageFolderOptions): readonly [number, number] {
  const sides = typeof size === "number" ? [size, size] : size;
  const refuse = (option: string, expected: string, found: unknown, remedy: string): LtuError =>
    new LtuError("OPTION", `${where}: ${option} must be ${expected}, found ${String(found)}; ${remedy}.`);
  if (sides?.length !== 2 || !sides.every((side) => Number.isSafeInteger(side) && side > 0)) {
    const found = sides === undefined ? "none" : `[${sides.join(", ")}]`;
    throw refuse("size", "a side or [height, width] in whole pixels", found, "32 and 64 are usual");
  }
  if (channels !== undefined && channels !== 1 && channels !== 3) {
    throw refuse("channels", "1 (gray) or 3 (colour)", channels, "choose one of the two");
  }
  if (fit !== undefined && fit !== "crop" && fit !== "stretch") {
    throw refuse("fit", '"crop" or "stretch"', fit, "choose one of the two");
  }
  if (testShare !== undefined && !(testShare > 0 && testShare < 1)) {
    throw refuse("testShare", "above 0 and below 1", testShare, "a fifth is usual");
  }
  if (splitSeed !== undefined && !(Number.isSafeInteger(splitSeed) && splitSeed >= 0)) {
    throw refuse("splitSeed", "a whole number from 0 on", splitSeed, "1 will do");
  }
  return sides as [number, number];
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

function partsOf(
  folder: string,
  listing: ImageFolderListing,
  { splitSeed, testShare }: LoadImageFolderOptions,
): DatasetParts {
  const { images } = listing;
  if (images[0]?.part === undefined) {
    if (splitSeed === undefined) {
      throw new LtuError(
        "OPTION",
        `${where}: splitSeed must be given for ${folder}, which has no train/ and test/, found none; give a seed, or sort the pictures into train/ and test/.`,
      );
    }
    return heldOutShare(listing, { share: testShare ?? 0.2, splitSeed });
  }
  if (testShare !== undefined) {
    throw new LtuError(
      "OPTION",
      `${where}: testShare is for folders without parts, found ${testShare} for ${folder}, which has train/ and test/; leave it out.`,
    );
  }
  const of = (name: string) => Int32Array.from(images.keys()).filter((i) => images[i]?.part === name);
  const [train, val, test] = partNames.map(of) as [Int32Array, Int32Array, Int32Array];
  return { train, ...(val.length > 0 ? { val } : {}), test };
}

/** Parts as positions among the images that were kept. */
function keptParts({ train, val, test }: DatasetParts, kept: Int32Array): DatasetParts {
  const place = new Map([...kept].map((position, index) => [position, index]));
  const of = (part: Int32Array) =>
    Int32Array.from([...part].flatMap((position) => place.get(position) ?? []));
  return { train: of(train), ...(val === undefined ? {} : { val: of(val) }), test: of(test) };
}

function checkClasses(folder: string, { classNames }: ImageFolderListing, labels: Int32Array): void {
  const there = new Set(labels);
  const empty = classNames.find((_, label) => !there.has(label));
  if (empty === undefined) return;
  throw new LtuError(
    "DATA",
    `${where}: ${folder}: expected a picture that decodes in each class, found none in ${empty}; replace its files or remove the folder.`,
  );
}
