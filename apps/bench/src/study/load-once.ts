import type { LoadedData } from "@ltu/datasets";

import type { Experiment } from "../config.ts";

/** Loads each data set once; generated data differ by the seed that makes them. */
export function loadOnce(
  load: (experiment: Experiment) => Promise<LoadedData>,
): (experiment: Experiment) => Promise<LoadedData> {
  const loaded = new Map<string, Promise<LoadedData>>();
  return (experiment) => {
    const { data, splitSeed, seed } = experiment;
    const key = JSON.stringify(data.name === "synthetic" ? [data, splitSeed ?? seed] : data.name);
    const known = loaded.get(key) ?? load(experiment);
    loaded.set(key, known);
    return known;
  };
}
