import { isLtuError } from "@ltu/core";

import { cifar10Files } from "./cifar10.ts";
import { cifar100Files } from "./cifar100.ts";
import { datasets, type DatasetName } from "./datasets.ts";
import { fashionMnistFiles } from "./fashion-mnist.ts";
import { listImageFolder } from "./image-folder/list-image-folder.ts";
import { folderTree } from "./images/folder-tree.ts";
import { archiveIn, cifar100Folders } from "./load-cifar100.ts";
import { locateCifar10 } from "./locate-cifar10.ts";
import { fashionMnistFolders, locateFiles, mnistFolders } from "./locate-files.ts";
import { mnistFiles } from "./mnist.ts";
import { locateTinyImagenet } from "./tiny-imagenet/locate-tiny-imagenet.ts";
import { tinyImagenet20, tinyImagenet200, type TinyImagenetVariant } from "./tiny-imagenet/tiny-imagenet.ts";

/** Where a data set is. */
export interface FoundData {
  readonly name: DatasetName;
  /** `"built-in"` needs no folder; `"incomplete"` lacks the files of `missing`; `"absent"` has none of them. */
  readonly form: "built-in" | "archive" | "files" | "incomplete" | "absent";
  /** The archive, or the folder with the files. */
  readonly path?: string;
  readonly missing: readonly string[];
}

/**
 * Looks where a data set is, by the names of its files alone: no image is read, so damage shows only on loading.
 *
 * @param folder - The data folder; `undefined` where the user named none.
 */
export async function findData(folder: string | undefined, name: DatasetName): Promise<FoundData> {
  if (name === "fashion-mini" || name === "synthetic") return { name, form: "built-in", missing: [] };
  if (name === "cifar100") return findCifar100(folder);
  if (name === "image-folder") return findImageFolder(folder);
  if (name === "tiny-imagenet-20") return findTinyImagenet(folder, name, tinyImagenet20);
  if (name === "tiny-imagenet-200") return findTinyImagenet(folder, name, tinyImagenet200);
  const idx = name === "mnist" ? mnistFiles : fashionMnistFiles;
  const names = (name === "cifar10" ? cifar10Files : Object.values(idx)).map((file) => file.name);
  if (folder === undefined) return { name, form: "absent", missing: names };
  if (name === "cifar10") {
    const location = await locateCifar10(folder, names);
    if (location === undefined) return { name, form: "absent", missing: names };
    if (location.form === "archive") return { name, form: "archive", path: location.path, missing: [] };
    return found(name, location.path, location.missing);
  }
  const located = await locateFiles(folder, name === "mnist" ? mnistFolders : fashionMnistFolders, names);
  return located === undefined
    ? { name, form: "absent", missing: names }
    : found(name, located.folder, located.missing);
}

/** Looks for every data set of {@link datasets} that is somebody's publication: all but `image-folder`. */
export function findAllData(folder: string | undefined): Promise<FoundData[]> {
  const names = (Object.keys(datasets) as DatasetName[]).filter((name) => name !== "image-folder");
  return Promise.all(names.map((name) => findData(folder, name)));
}

async function findCifar100(folder: string | undefined): Promise<FoundData> {
  const name = "cifar100";
  const names = [...cifar100Files.map((file) => file.name), "fine_label_names.txt", "coarse_label_names.txt"];
  if (folder === undefined) return { name, form: "absent", missing: names };
  const located = await locateFiles(folder, cifar100Folders, names);
  const archive = located?.missing.length === 0 ? undefined : await archiveIn(folder);
  if (archive !== undefined) return { name, form: "archive", path: archive, missing: [] };
  if (located === undefined) return { name, form: "absent", missing: names };
  return found(name, located.folder, located.missing);
}

async function findImageFolder(folder: string | undefined): Promise<FoundData> {
  const absent: FoundData = {
    name: "image-folder",
    form: "absent",
    missing: ["a sub-folder for each class"],
  };
  if (folder === undefined) return absent;
  try {
    listImageFolder("findData", await folderTree(folder, { where: "findData", remedy: "make it readable" }));
    return { name: "image-folder", form: "files", path: folder, missing: [] };
  } catch (cause) {
    if (isLtuError(cause)) return absent;
    throw cause;
  }
}

async function findTinyImagenet(
  folder: string | undefined,
  name: DatasetName,
  variant: TinyImagenetVariant,
): Promise<FoundData> {
  const location = folder === undefined ? undefined : await locateTinyImagenet(folder, variant);
  if (location === undefined) {
    return { name, form: "absent", missing: variant.archives.map((archive) => archive.name) };
  }
  if (location.form === "archive") return { name, form: "archive", path: location.path, missing: [] };
  return found(name, location.path, location.missing);
}

function found(name: DatasetName, path: string, missing: readonly string[]): FoundData {
  return { name, form: missing.length === 0 ? "files" : "incomplete", path, missing };
}
