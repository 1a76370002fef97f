import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The files of a data set in one folder. */
export interface LocatedFiles {
  readonly folder: string;
  /** Path by official name; the plain form wins over the gzipped one. */
  readonly paths: ReadonlyMap<string, string>;
  /** Official names that the folder lacks in both forms. */
  readonly missing: readonly string[];
}

/**
 * Looks for files, each plain or with `.gz`, in a folder and in some folders below it.
 *
 * @param below - Folders to look in, relative to `folder`; `""` is the folder itself.
 * @returns The first place that holds all of them, else the one that holds most, else `undefined`.
 */
export async function locateFiles(
  folder: string,
  below: readonly string[],
  names: readonly string[],
): Promise<LocatedFiles | undefined> {
  const places = await Promise.all(
    below.map(async (sub): Promise<LocatedFiles> => {
      const place = join(folder, sub);
      const there = await namesIn(place);
      const paths = new Map<string, string>();
      for (const name of names) {
        const form = [name, `${name}.gz`].find((candidate) => there.has(candidate));
        if (form !== undefined) paths.set(name, join(place, form));
      }
      return { folder: place, paths, missing: names.filter((name) => !paths.has(name)) };
    }),
  );
  const best = places.reduce((a, b) => (b.missing.length < a.missing.length ? b : a));
  return best.paths.size > 0 ? best : undefined;
}

/** The names in a folder; none when it is not there or is no folder. */
export async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch {
    return new Set();
  }
}

/** Where Fashion-MNIST may be below a data folder; the last is torchvision's place. */
export const fashionMnistFolders: readonly string[] = ["", "fashion-mnist", "FashionMNIST/raw"];

/** Where MNIST may be below a data folder: never in the folder itself before a place of its own name. */
export const mnistFolders: readonly string[] = ["mnist", "MNIST/raw", ""];
