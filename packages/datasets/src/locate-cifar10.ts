import { basename, dirname, join } from "node:path";

import { locateFiles, namesIn } from "./locate-files.ts";

/** The official archive: its name, address, length in bytes and MD5. */
export const cifar10Archive: {
  readonly name: string;
  readonly url: string;
  readonly bytes: number;
  readonly md5: string;
} = {
  name: "cifar-10-binary.tar.gz",
  url: "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz",
  bytes: 170_052_171,
  md5: "c32a1d4ab5d03f1284b67883e8d87530",
};

/** The folder that the official archive unpacks to. */
export const cifar10Folder = "cifar-10-batches-bin";

/** Where CIFAR-10 is: unpacked (perhaps with files missing) or as the official archive. */
export type Cifar10Location =
  | {
      readonly form: "files";
      readonly path: string;
      readonly paths: ReadonlyMap<string, string>;
      readonly missing: readonly string[];
    }
  | { readonly form: "archive"; readonly path: string };

/**
 * Looks for CIFAR-10 in a folder: its files there or in `cifar-10-batches-bin/`, else the archive. An unpacked
 * folder with files missing gives way to the archive. `folder` may also be the path of the archive itself.
 *
 * @param names - The `.bin` files to look for.
 */
export async function locateCifar10(
  folder: string,
  names: readonly string[],
): Promise<Cifar10Location | undefined> {
  const files = await locateFiles(folder, ["", cifar10Folder], names);
  const unpacked =
    files === undefined
      ? undefined
      : ({ form: "files", path: files.folder, paths: files.paths, missing: files.missing } as const);
  if (unpacked?.missing.length === 0) return unpacked;
  const archives = [join(folder, cifar10Archive.name), folder];
  for (const path of archives) {
    const named = basename(path) === cifar10Archive.name;
    if (named && (await namesIn(dirname(path))).has(cifar10Archive.name)) return { form: "archive", path };
  }
  return unpacked;
}
