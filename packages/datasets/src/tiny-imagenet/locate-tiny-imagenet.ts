import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { namesIn } from "../locate-files.ts";
import type { TinyImagenetArchive, TinyImagenetVariant } from "./tiny-imagenet.ts";

/** Where Tiny-ImageNet is. */
export type TinyImagenetLocation =
  | { readonly form: "files"; readonly path: string; readonly missing: readonly string[] }
  | { readonly form: "archive"; readonly path: string; readonly archive: TinyImagenetArchive };

/** What an unpacked folder has at its top, and the labels. */
const wanted = ["wnids.txt", "words.txt", "train", "val", "val/val_annotations.txt"];

/**
 * Looks for a variant of Tiny-ImageNet in a folder, in `tiny-imagenet/` and in `tiny-imagenet-200/` below one of them: unpacked
 * with the classes that are wanted, else one of its archives. `folder` may also be the path of an archive.
 */
export async function locateTinyImagenet(
  folder: string,
  variant: TinyImagenetVariant,
): Promise<TinyImagenetLocation | undefined> {
  const places = [folder, join(folder, "tiny-imagenet")];
  let incomplete: TinyImagenetLocation | undefined;
  for (const path of places.flatMap((place) => [place, join(place, "tiny-imagenet-200")])) {
    const wnids = await readFile(join(path, "wnids.txt"), "utf8").catch(() => undefined);
    if (wnids === undefined) continue;
    const listed = new Set(wnids.split(/\s+/).filter((word) => word !== ""));
    const holds = variant.wnids?.every((wnid) => listed.has(wnid)) ?? listed.size === variant.classes;
    if (!holds) continue;
    const there = await Promise.all(
      wanted.map((name) =>
        stat(join(path, name)).then(
          () => true,
          () => false,
        ),
      ),
    );
    const found = { form: "files", path, missing: wanted.filter((_, i) => there[i] !== true) } as const;
    if (found.missing.length === 0) return found;
    incomplete ??= found;
  }
  for (const archive of variant.archives) {
    const own = basename(folder) === archive.name ? [dirname(folder)] : [];
    for (const place of [...own, ...places]) {
      if (!(await namesIn(place)).has(archive.name)) continue;
      return { form: "archive", path: join(place, archive.name), archive };
    }
  }
  return incomplete;
}
