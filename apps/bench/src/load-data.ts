import { createRng, LtuError, type OnProgress } from "@ltu/core";
import { datasets, synthetic, type DatasetName, type LoadedData, type SyntheticOptions } from "@ltu/datasets";
import {
  downloadCifar10,
  findData,
  loadCifar10,
  loadCifar100,
  loadFashionMini,
  loadFashionMnist,
  loadMnist,
} from "@ltu/datasets/node";

import type { Experiment } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";

/** Where data comes from. */
export interface DataOptions {
  /** The data folder; `undefined` when the user named none. */
  readonly folder: string | undefined;
  /** Fetch what is missing. */
  readonly download: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** The known name of an experiment's data set, or one clear error. */
export function dataName(experiment: Experiment): DatasetName {
  const { name, options } = experiment.data;
  const names = Object.keys(datasets);
  if (!names.includes(name)) {
    throw new LtuError(
      "OPTION",
      `experiment: data.name must be one of ${names.join(", ")}, found "${name}"; ${didYouMean(name, names)}`,
    );
  }
  const [option] = Object.keys(options);
  if (name !== "synthetic" && option !== undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: data.options belong to synthetic data, found "${option}" for ${name}; remove it.`,
    );
  }
  return name as DatasetName;
}

/** Loads the data set an experiment names. */
export async function loadData(experiment: Experiment, options: DataOptions): Promise<LoadedData> {
  const name = dataName(experiment);
  const { folder, download, signal, onProgress } = options;
  if (name === "fashion-mini") return loadFashionMini();
  if (name === "synthetic") return syntheticData(experiment);
  if (folder === undefined) {
    throw new LtuError(
      "DATA",
      `data: the experiment "${experiment.name}" needs ${name}, and no data folder was given; add --data FOLDER or set LTU_DATA${
        name === "cifar10" ? ", with --download to fetch it there" : ""
      }.`,
    );
  }
  if (name === "fashion-mnist") return loadFashionMnist(folder, { signal, onProgress });
  if (name === "cifar100") return loadCifar100(folder, { signal, onProgress });
  if (name === "mnist") return loadMnist(folder, { signal, onProgress });
  if (download && (await findData(folder, name)).form === "absent") {
    await downloadCifar10(folder, { signal, onProgress });
  }
  return loadCifar10(folder, { signal, onProgress });
}

const syntheticDials = ["classes", "imageShape", "classOverlap", "atypicalShare", "labelNoise"];

/** Generated images; their seed is the split's, so that all seeds of a study can share one data set or none. */
function syntheticData(experiment: Experiment): LoadedData {
  const { train, val, test, options } = experiment.data;
  const unknown = Object.keys(options).find((dial) => !syntheticDials.includes(dial));
  if (unknown !== undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: data.options of synthetic data are ${syntheticDials.join(", ")}, found "${unknown}"; ${didYouMean(unknown, syntheticDials)}`,
    );
  }
  const rng = createRng(experiment.splitSeed ?? experiment.seed).split("synthetic");
  return synthetic({
    ...(options as Omit<SyntheticOptions, "rng" | "size">),
    rng,
    size: { train, val, test },
  });
}
