import type { LoadedData } from "@ltu/datasets";

import type { Experiment } from "../config.ts";

/** Data that a seed decides: their images, or which of them test. */
const seeded = ["image-folder", "synthetic"];

/** Loads each data set once, for each form that its options give it and each seed that decides it. */
export function loadOnce(
  load: (experiment: Experiment) => Promise<LoadedData>,
): (experiment: Experiment) => Promise<LoadedData> {
  const loaded = new Map<string, Promise<LoadedData>>();
  return (experiment) => {
    const { data, splitSeed, seed } = experiment;
    const { name, options, train, val, test } = data;
    // The sizes of the sets are cut later, but for images that are made in these numbers.
    const made = name === "synthetic" ? [train, val, test] : [];
    const key = JSON.stringify([name, options, ...made, seeded.includes(name) ? (splitSeed ?? seed) : null]);
    const known = loaded.get(key) ?? load(experiment);
    loaded.set(key, known);
    return known;
  };
}
