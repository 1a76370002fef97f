import type { LoadedData } from "@ltu/datasets";

import type { Experiment } from "../config.ts";

/** Data that a seed decides: their images, or which of them test. */
const seeded = ["image-folder", "synthetic"];

/**
 * Loads each data set once, for each form that its options give it and each seed that decides it. Pictures that a seed only
 * deals out to parts lie in memory once, however many seeds there are.
 */
export function loadOnce(
  load: (experiment: Experiment) => Promise<LoadedData>,
): (experiment: Experiment) => Promise<LoadedData> {
  const loaded = new Map<string, Promise<LoadedData>>();
  const held: Uint8Array[] = [];
  const sharePixels = (data: LoadedData): LoadedData => {
    const { dataset } = data;
    const same = held.find((pixels) => Buffer.compare(pixels, dataset.pixels) === 0);
    if (same !== undefined) return { ...data, dataset: { ...dataset, pixels: same } };
    held.push(dataset.pixels);
    return data;
  };
  return (experiment) => {
    const { data, splitSeed, seed } = experiment;
    const { name, options, train, val, test } = data;
    // The sizes of the sets are cut later, but for images that are made in these numbers.
    const made = name === "synthetic" ? [train, val, test] : [];
    const key = JSON.stringify([name, options, ...made, seeded.includes(name) ? (splitSeed ?? seed) : null]);
    const known = loaded.get(key) ?? load(experiment).then(sharePixels);
    loaded.set(key, known);
    return known;
  };
}
