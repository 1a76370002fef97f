import { LtuError } from "@ltu/core";

import type { FileTree } from "../images/file-tree.ts";

/** The parts that sub-folders can name, in the order of the data set. */
export const partNames = ["train", "val", "test"] as const;

/** What people call parts. A folder that seems to have parts under such names is not read as one whose classes these are. */
const partLike = /^(train|training|val|valid|validation|dev|test|testing)$/i;

/** One of {@link partNames}. */
export type PartName = (typeof partNames)[number];

/** One picture of an image folder. */
export interface ListedImage {
  /** Its name in the tree, with `/` between folders. */
  readonly file: string;
  readonly label: number;
  /** The part whose sub-folder holds it; `undefined` where the folder has no parts. */
  readonly part: PartName | undefined;
}

/** Classes and pictures of an image folder. */
export interface ImageFolderListing {
  /** Names of the class folders, sorted by code units, as torchvision's ImageFolder sorts them. */
  readonly classNames: readonly string[];
  /** By part, then by class, then by name. */
  readonly images: readonly ListedImage[];
}

/**
 * Reads classes and pictures from names: one sub-folder a class, or `train/`, `val/` (may be absent) and `test/` with one
 * sub-folder a class each. A class takes all files below its folder; files beside the class folders are left alone, unless
 * they are named like pictures.
 *
 * @throws LtuError `DATA` for no class folder, an empty class, two classes whose names differ in case or Unicode form only, a
 * picture outside of every class, parts under other names or beside other folders, or parts with different classes.
 */
export function listImageFolder(where: string, tree: FileTree): ImageFolderListing {
  const refuse = (expected: string, found: string, remedy: string): LtuError =>
    new LtuError("DATA", `${where}: ${tree.path}: expected ${expected}, found ${found}; ${remedy}.`);
  const parts = partsOf(tree, refuse);
  const ofPart = parts.map((part) => {
    const root = part === undefined ? "" : `${part}/`;
    return { part, root, classNames: childFolders(tree, root) };
  });
  const classNames = ofPart[0]?.classNames ?? [];
  if (classNames.length < 2) {
    const [only] = classNames;
    // An archive often unpacks to one folder with everything in it.
    const isAbove = only !== undefined && childFolders(tree, `${only}/`).length > 1;
    throw refuse(
      "a sub-folder for each of two or more classes",
      only === undefined ? "none" : `only ${only}`,
      isAbove ? `name ${only}/ itself where the classes lie in it` : "put the pictures of each class in one",
    );
  }
  checkNames(classNames, refuse);
  for (const { part, classNames: others } of ofPart) {
    const odd = [...classNames, ...others].find(
      (name) => !classNames.includes(name) || !others.includes(name),
    );
    if (odd === undefined) continue;
    throw refuse(
      `the same classes in train/ and ${part ?? ""}/`,
      `${odd} in one of them`,
      "add or remove it",
    );
  }

  const images = ofPart.flatMap(({ part, root }) => {
    const byClass = new Map<string, string[]>(classNames.map((name) => [name, []]));
    for (const file of tree.names) {
      if (!file.startsWith(root)) continue;
      const slash = file.indexOf("/", root.length);
      if (slash >= 0) byClass.get(file.slice(root.length, slash))?.push(file);
    }
    return classNames.flatMap((className, label) => {
      const files = byClass.get(className) ?? [];
      if (files.length === 0) {
        throw refuse("a picture in each class", `${root}${className} empty`, "fill or remove that folder");
      }
      return files.toSorted().map((file) => ({ file, label, part }));
    });
  });
  const listed = new Set(images.map(({ file }) => file));
  const stray = tree.names.find((name) => !listed.has(name) && /\.(png|jpe?g)$/i.test(name));
  if (stray !== undefined) {
    throw refuse(
      "every picture in the folder of its class",
      `${stray} outside of every class`,
      "move it into one",
    );
  }
  return { classNames, images };
}

/** The parts of a folder; one `undefined` where its sub-folders are classes. */
function partsOf(
  tree: FileTree,
  refuse: (expected: string, found: string, remedy: string) => LtuError,
): readonly (PartName | undefined)[] {
  const first = childFolders(tree, "");
  const alike = first.filter((name) => partLike.test(name));
  const hasClasses = alike.some((name) => childFolders(tree, `${name}/`).length > 0);
  // A class may be called train; where two are called like parts and hold folders, they are parts.
  if (alike.length < 2 || !hasClasses) return [undefined];
  const parts = partNames.filter((name) => first.includes(name));
  if (parts.length < first.length) {
    const shown = first.slice(0, 5).map((name) => `${name}/`);
    throw refuse(
      "train/, val/ (may be absent) and test/ and no other folder, with the class folders in each",
      `${shown.join(", ")}${first.length > shown.length ? ", ..." : ""}`,
      "rename the parts and move what is none",
    );
  }
  const [missing] = partNames.filter((name) => name !== "val" && !parts.includes(name));
  if (missing !== undefined) {
    const found = parts.map((name) => `${name}/`).join(" and ");
    throw refuse(
      "train/ and test/",
      `${found} alone`,
      missing === "test" ? "add test/, or rename val/ to test/" : "add train/",
    );
  }
  return parts;
}

/** Names of the folders right below `root`, sorted by code units. */
function childFolders({ names, folders }: FileTree, root: string): string[] {
  const found = new Set<string>();
  for (const folder of folders) {
    const rest = folder.startsWith(root) ? folder.slice(root.length) : "";
    if (rest !== "") found.add(rest.split("/", 1)[0] as string);
  }
  for (const name of names) {
    const slash = name.startsWith(root) ? name.indexOf("/", root.length) : -1;
    if (slash >= 0) found.add(name.slice(root.length, slash));
  }
  return [...found].sort();
}

/** Refuses class names that some file systems, and most readers, take for the same. */
function checkNames(
  classNames: readonly string[],
  refuse: (expected: string, found: string, remedy: string) => LtuError,
): void {
  const seen = new Map<string, string>();
  for (const name of classNames) {
    // Upper case first: it takes apart what lower case leaves as it is, such as ß.
    const plain = name.normalize("NFKC").toUpperCase().toLowerCase().trim();
    const other = seen.get(plain);
    if (other !== undefined) {
      throw refuse(
        "a name of its own for each class",
        `${other} and ${name}`,
        "rename one, or put both in one",
      );
    }
    seen.set(plain, name);
  }
}
