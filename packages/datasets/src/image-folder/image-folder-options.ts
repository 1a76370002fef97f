import { LtuError, type OnProgress } from "@ltu/core";

/** Options of `loadImageFolder`. */
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
  /** Told about a hundred times what was read to find the cache (`check image-folder`), and what was decoded (`load`). */
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Height and width of the images, once all options are known to be right.
 *
 * @throws LtuError `OPTION` naming the one that is not.
 */
export function checkImageFolderOptions({
  size,
  channels,
  fit,
  augmentation,
  testShare,
  splitSeed,
}: LoadImageFolderOptions): readonly [number, number] {
  const refuse = (option: string, expected: string, found: unknown, remedy: string): LtuError =>
    new LtuError(
      "OPTION",
      `loadImageFolder: ${option} must be ${expected}, found ${String(found)}; ${remedy}.`,
    );
  // Options may come from JSON, whose types nobody has checked.
  const sides: unknown = typeof size === "number" ? [size, size] : size;
  const isSide = (side: unknown): boolean => Number.isSafeInteger(side) && (side as number) > 0;
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every(isSide)) {
    const found = sides === undefined ? "none" : JSON.stringify(size);
    throw refuse("size", "a side or [height, width] in whole pixels", found, "32 and 64 are usual");
  }
  const choices = { channels: [1, 3], fit: ["crop", "stretch"], augmentation: ["crop-flip", "none"] };
  for (const [option, value] of Object.entries({ channels, fit, augmentation })) {
    const known: readonly unknown[] = choices[option as keyof typeof choices];
    if (value === undefined || known.includes(value)) continue;
    throw refuse(
      option,
      known.map((choice) => JSON.stringify(choice)).join(" or "),
      value,
      "choose one of the two",
    );
  }
  if (testShare !== undefined && !(testShare > 0 && testShare < 1)) {
    throw refuse("testShare", "above 0 and below 1", testShare, "a fifth is usual");
  }
  if (splitSeed !== undefined && !(Number.isSafeInteger(splitSeed) && splitSeed >= 0)) {
    throw refuse("splitSeed", "a whole number from 0 on", splitSeed, "1 will do");
  }
  return sides as [number, number];
}
