import { createRng } from "@ltu/core";

import type { ImageFolderListing } from "./list-image-folder.ts";

/**
 * Draws positions for the test part of a folder that has none: `round(share n)` of the n pictures of each class, at least one and never
 * all. The draw of a class depends on the seed, the class's name and its number of pictures alone, so that a picture more
 * in one class moves nothing in another.
 *
 * @param share - Above 0 and below 1.
 */
export function heldOutShare(
  { classNames, images }: ImageFolderListing,
  { share, splitSeed }: { readonly share: number; readonly splitSeed: number },
): ReadonlySet<number> {
  const ofClass = classNames.map((): number[] => []);
  images.forEach(({ label }, index) => ofClass[label]?.push(index));
  const rng = createRng(splitSeed).split("image-folder");
  return new Set(
    ofClass.flatMap((members, label) => {
      const count = Math.min(members.length - 1, Math.max(1, Math.round(share * members.length)));
      return [...rng.split(classNames[label] as string).choice(Int32Array.from(members), count)];
    }),
  );
}
