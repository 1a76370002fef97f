import { LtuError } from "@ltu/core";

import type { TinyImagenetVariant } from "./tiny-imagenet.ts";

/** How the official images become parts; see {@link loadTinyImagenet}. */
export type TinyImagenetSplit = "honest" | "reference";

/** What lies in a folder or archive in the official layout, its names without what stands before `wnids.txt`. */
export interface TinyImagenetLayout {
  /** The folder or archive, for messages. */
  readonly path: string;
  readonly names: ReadonlySet<string>;
  /** The texts of `wnids.txt`, `words.txt` and `val/val_annotations.txt`. */
  readonly wnids: string;
  readonly words: string;
  readonly annotations: string;
}

/** One image: its file, its class and its part. */
export interface TinyImagenetFile {
  readonly file: string;
  readonly label: number;
  readonly part: "train" | "val" | "test";
}

/** Classes and files of a variant. */
export interface TinyImagenetFiles {
  /** WordNet identifiers by label, sorted: the labels that torchvision's ImageFolder gives. */
  readonly wnids: readonly string[];
  readonly classNames: readonly string[];
  /** Training images by class and number, then validation, then test. */
  readonly files: readonly TinyImagenetFile[];
}

/**
 * Finds the files of Tiny-ImageNet, and the labels of its validation images, which stand in a file of their own. Of these, in
 * the order of their numbers, the first half of each class is `val` and the second is `test`.
 *
 * @throws LtuError `DATA` for a label file that is another one or does not fit, or a missing image.
 */
export function tinyImagenetFiles(
  layout: TinyImagenetLayout,
  { variant, where, remedy }: { variant: TinyImagenetVariant; where: string; remedy: string },
): TinyImagenetFiles {
  const refuse = (expected: string, found: string): LtuError =>
    new LtuError("DATA", `${where}: ${layout.path}: expected ${expected}, found ${found}; ${remedy}.`);
  const listed = lines(layout.wnids);
  const odd = listed.find((line) => !/^n\d{8}$/.test(line));
  if (odd !== undefined) throw refuse("a WordNet identifier in each line of wnids.txt", `"${short(odd)}"`);
  const wnids = (variant.wnids ?? listed).toSorted();
  const absent = wnids.find((wnid) => !listed.includes(wnid));
  if (absent !== undefined) throw refuse(`${absent} in wnids.txt`, `${listed.length} other classes`);
  const different = new Set(wnids).size;
  if (different !== variant.classes || different !== wnids.length) {
    throw refuse(
      `${variant.classes} classes in wnids.txt, each once`,
      `${different} in ${wnids.length} lines`,
    );
  }

  const labels = new Map(wnids.map((wnid, label) => [wnid, label]));
  const numbers = wnids.map((): number[] => []);
  const seen = new Set<string>();
  for (const line of lines(layout.annotations)) {
    const [name = "", wnid = ""] = line.split("\t");
    const number = /^val_(\d+)\.JPEG$/.exec(name)?.[1];
    if (number === undefined || !listed.includes(wnid) || seen.has(name)) {
      throw refuse(
        "a validation image, once, and its class in each line of val_annotations.txt",
        `"${short(line)}"`,
      );
    }
    seen.add(name);
    numbers[labels.get(wnid) ?? -1]?.push(Number(number));
  }
  const files: TinyImagenetFile[] = wnids.flatMap((wnid, label) =>
    Array.from({ length: variant.trainPerClass }, (_, i) => ({
      file: `train/${wnid}/images/${wnid}_${i}.JPEG`,
      label,
      part: "train" as const,
    })),
  );
  const half = Math.ceil(variant.valPerClass / 2);
  for (const part of ["val", "test"] as const) {
    numbers.forEach((ofClass, label) => {
      if (ofClass.length !== variant.valPerClass) {
        const expected = `${variant.valPerClass} validation images of each class in val_annotations.txt`;
        throw refuse(expected, `${ofClass.length} of ${wnids[label] ?? ""}`);
      }
      const sorted = ofClass.toSorted((a, b) => a - b);
      for (const number of part === "val" ? sorted.slice(0, half) : sorted.slice(half)) {
        files.push({ file: `val/images/val_${number}.JPEG`, label, part });
      }
    });
  }
  const missing = files.filter(({ file }) => !layout.names.has(file));
  if (missing.length > 0) {
    throw refuse(`${files.length} images`, `all but ${missing.length}, ${missing[0]?.file ?? ""} the first`);
  }
  return { wnids, classNames: classNamesOf(wnids, layout.words), files };
}

/** The first of the words that stand for a class; with its identifier where two classes share it or none is given. */
function classNamesOf(wnids: readonly string[], words: string): readonly string[] {
  const wanted = new Set(wnids);
  const found = new Map<string, string>();
  for (const line of lines(words)) {
    const [wnid = "", synonyms = ""] = line.split("\t");
    if (wanted.has(wnid)) found.set(wnid, synonyms.split(",", 1)[0] as string);
  }
  const names = wnids.map((wnid) => found.get(wnid) ?? "");
  return wnids.map((wnid, i) => {
    const name = names[i] as string;
    if (name === "") return wnid;
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${wnid})`;
  });
}

function lines(text: string): string[] {
  return text
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

function short(line: string): string {
  return line.length > 40 ? `${line.slice(0, 40)}...` : line;
}
