import { createHash } from "node:crypto";
import { dirname } from "node:path";

import { LtuError, type OnProgress } from "@ltu/core";

import { throwIfAborted } from "../abort.ts";
import type { ImageFolderData } from "../image-folder/load-image-folder.ts";
import { checkArchive } from "../images/check-archive.ts";
import { checkKeptParts } from "../images/check-kept-parts.ts";
import { decodedKey, filesDigest } from "../images/content-key.ts";
import { decodeAll } from "../images/decode-all.ts";
import { cachePath } from "../images/decoded-cache.ts";
import type { FileTree } from "../images/file-tree.ts";
import { folderTree } from "../images/folder-tree.ts";
import { keptParts } from "../images/kept-parts.ts";
import { tarTree } from "../images/tar-tree.ts";
import { zipTree } from "../images/zip-tree.ts";
import { createLoadedData } from "../loaded-data.ts";
import { normalization } from "../normalization.ts";
import { locateTinyImagenet, type TinyImagenetLocation } from "./locate-tiny-imagenet.ts";
import { tinyImagenetFiles, type TinyImagenetSplit } from "./tiny-imagenet-files.ts";
import { tinyImagenet200, tinyImagenetArchive, type TinyImagenetVariant } from "./tiny-imagenet.ts";

const where = "loadTinyImagenet";
const imageShape = [64, 64, 3] as const;
const fit = "exact";
const remedy = `fetch ${tinyImagenetArchive.name} (MD5 ${tinyImagenetArchive.md5}) again from ${tinyImagenetArchive.url}`;

/** Options of {@link loadTinyImagenet}. */
export interface LoadTinyImagenetOptions {
  /** All of it, or twenty classes ({@link tinyImagenet20}). Default {@link tinyImagenet200}. */
  readonly variant?: TinyImagenetVariant;
  /** Default `"honest"`. */
  readonly split?: TinyImagenetSplit;
  /** Leave out images that do not decode, and list them in `skipped`. Default: the first is an error. */
  readonly skipBroken?: boolean;
  /** Keep decoded images in `.ltu-cache/` beside the archive or in the folder. Default true. */
  readonly cache?: boolean;
  /** Told about a hundred times what was checked of an unpacked folder (`check ...`), and what was decoded (`load ...`). */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Tiny-ImageNet from the official `tiny-imagenet-200.zip` as it is, or from the unpacked `tiny-imagenet-200/`. Gray images
 * are expanded to three channels. The official test images have no labels and are not read.
 *
 * - `split: "honest"`: the official training images train; of the official validation images, by class and number, the first
 *   half (25 of each class) is `val`, and the second is `test`.
 * - `split: "reference"`: as the reference code has it, there is no `val`, and the first half is never read. `cutSplits` with
 *   `val: 0` then trains on all training images, as there; with another `val` it takes that many of them out.
 *
 * An archive is checked by its length and MD5 and read where it lies; an unpacked folder by its structure, and that of twenty
 * classes also by a sum over its pictures and labels.
 *
 * @param folder - The folder that holds one of those forms, or has it in `tiny-imagenet/`; or the archive's own path.
 * @returns `[64, 64, 3]`; labels in the order of the WordNet identifiers.
 * @throws LtuError `DATA` when the data is not there, an archive is cut short, damaged or another one or holds a path that
 * leads outside of it, labels do not fit, or an image is missing or does not decode (named); `OPTION`; `ABORTED`.
 *
 * Source: Ya Le, Xuan Yang, Tiny ImageNet Visual Recognition Challenge, 2015; split and constants as in
 * OPTML-Group/Unlearn-Saliency, `Classification/dataset.py`. *Differs from the source in* which images are the first half: there
 * those that the operating system lists first, here those with the lowest numbers.
 */
export async function loadTinyImagenet(
  folder: string,
  {
    variant = tinyImagenet200,
    split = "honest",
    skipBroken = false,
    cache = true,
    onProgress,
    signal,
  }: LoadTinyImagenetOptions = {},
): Promise<ImageFolderData> {
  throwIfAborted(where, signal);
  if (split !== "honest" && split !== "reference") {
    throw new LtuError(
      "OPTION",
      `${where}: split must be "honest" or "reference", found "${String(split)}"; choose one of the two.`,
    );
  }
  const location = await locateTinyImagenet(folder, variant);
  if (location === undefined || (location.form === "files" && location.missing.length > 0)) {
    throw notThere(folder, variant, location);
  }
  if (location.form === "archive") {
    await checkArchive(location.path, location.archive, { where, remedy, signal });
  }
  const tree = await openTree(location);
  try {
    const { root, found } = await readLayout(tree, variant);
    const every = found.files.map(({ file }) => root + file);
    let content = location.form === "archive" ? location.archive.md5 : "";
    if (location.form === "files" && (cache || variant.sha256 !== undefined)) {
      // Names with labels, so that exchanged labels show as well.
      const named = found.files.map(({ file, label }) => `${found.wnids[label] ?? ""} ${file}`);
      const task = `check ${variant.name}`;
      content = await filesDigest(tree, every, { named, where, task, onProgress, signal });
      if (variant.sha256 !== undefined && content !== variant.sha256) {
        throw new LtuError(
          "DATA",
          `${where}: ${location.path}: expected SHA-256 ${variant.sha256} of its pictures and labels, found ${content}; ${remedy}.`,
        );
      }
    }
    const images = found.files.filter(({ part }) => part !== "val" || split === "honest");
    const files = images.map(({ file }) => root + file);
    const key = decodedKey(content, files, { imageShape, fit });
    const home = location.form === "archive" ? dirname(location.path) : location.path;
    const { pixels, kept, skipped } = await decodeAll({
      where,
      tree,
      files,
      imageShape,
      fit,
      skipBroken,
      cache: cache ? { path: cachePath(home, key), key } : undefined,
      task: `load ${variant.name}`,
      onProgress,
      signal,
    });
    const { classNames } = found;
    const labels = kept.map((position) => images[position]?.label as number);
    const parts = keptParts(images, kept);
    checkKeptParts({ classNames, labels, parts }, { where, path: location.path });
    const loaded = createLoadedData(
      {
        name: variant.name,
        imageShape,
        classNames,
        pixels,
        labels,
        parts,
        normalization: normalization["tiny-imagenet-200"],
        augmentation: "crop-flip",
      },
      { createSha256: () => createHash("sha256") },
    );
    return { ...loaded, files: [...kept].map((position) => images[position]?.file as string), skipped };
  } finally {
    tree.close();
  }
}

function openTree({ form, path }: TinyImagenetLocation): Promise<FileTree> {
  if (form === "files") return folderTree(path, { where, remedy });
  return (path.endsWith(".zip") ? zipTree : tarTree)(path, { where, remedy });
}

/** Finds the official layout in a tree: it begins where `wnids.txt` lies. */
async function readLayout(tree: FileTree, variant: TinyImagenetVariant) {
  const top = tree.names.find((name) => /(^|\/)wnids\.txt$/.test(name)) ?? "wnids.txt";
  const root = top.slice(0, -"wnids.txt".length);
  const names = ["wnids.txt", "words.txt", "val/val_annotations.txt"].map((name) => root + name);
  const texts = new Map<string, string>();
  await tree.read(new Set(names), (name, bytes) => {
    texts.set(name, Buffer.from(bytes).toString("utf8"));
  });
  const [wnids, words, annotations] = names.map((name) => texts.get(name));
  if (wnids === undefined || words === undefined || annotations === undefined) {
    const missing = names.filter((name) => !texts.has(name)).join(", ");
    throw new LtuError(
      "DATA",
      `${where}: ${tree.path}: expected ${names.join(", ")} in it, found all but ${missing}; ${remedy}.`,
    );
  }
  const below = tree.names.filter((name) => name.startsWith(root)).map((name) => name.slice(root.length));
  const layout = { path: tree.path, names: new Set(below), wnids, words, annotations };
  return { root, found: tinyImagenetFiles(layout, { variant, where, remedy }) };
}

function notThere(
  folder: string,
  { archives }: TinyImagenetVariant,
  location: TinyImagenetLocation | undefined,
): LtuError {
  const names = archives.map(({ name }) => name).join(" or ");
  const found =
    location?.form === "files" ? `a folder without ${location.missing.join(", ")}` : "none of them";
  return new LtuError(
    "DATA",
    `${where}: ${location?.path ?? folder}: expected ${names}, or the unpacked tiny-imagenet-200/, found ${found}; download ${tinyImagenetArchive.url} and put it there as it is.`,
  );
}
