import type { DatasetParts } from "../dataset-parts.ts";

/**
 * Parts of the images that were kept, as positions among them.
 *
 * @param images - All images, each with its part.
 * @param kept - Positions in `images`, in order.
 */
export function keptParts(
  images: readonly { readonly part: "train" | "val" | "test" }[],
  kept: Int32Array,
): DatasetParts {
  const of = (part: string): Int32Array =>
    Int32Array.from(kept.keys()).filter((index) => images[kept[index] as number]?.part === part);
  const val = of("val");
  return { train: of("train"), ...(val.length > 0 ? { val } : {}), test: of("test") };
}
