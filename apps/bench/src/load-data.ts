import { createRng, LtuError, type OnProgress } from "@ltu/core";
import { datasets, synthetic, type DatasetName, type LoadedData, type SyntheticOptions } from "@ltu/datasets";
import {
  downloadCifar10,
  findData,
  loadCifar10,
  loadCifar100,
  loadFashionMini,
  loadFashionMnist,
  loadImageFolder,
  loadMnist,
  loadTinyImagenet,
  tinyImagenet20,
  tinyImagenet200,
  type ImageFolderData,
  type LoadImageFolderOptions,
  type LoadTinyImagenetOptions,
} from "@ltu/datasets/node";
import { makeFolder } from "@ltu/runner";

import type { Experiment } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";

/** Where data comes from. */
export interface DataOptions {
  /** The data folder; `undefined` when the user named none. */
  readonly folder: string | undefined;
  /** Fetch CIFAR-10 where it is missing; an error where other data is. */
  readonly download: boolean;
  /** Leave out pictures that do not decode. Default: the first is an error. */
  readonly skipBroken?: boolean | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: OnProgress;
}

/** The keys of `data.options` by data set; the others have none. */
const optionsOf: Readonly<Partial<Record<DatasetName, readonly string[]>>> = {
  "image-folder": ["size", "channels", "fit", "augmentation", "testShare"],
  synthetic: ["classes", "imageShape", "classOverlap", "atypicalShare", "labelNoise", "duplicateShare"],
  "tiny-imagenet-20": ["split"],
  "tiny-imagenet-200": ["split"],
};

/** The known name of an experiment's data set, or one clear error. */
export function dataName(experiment: Experiment): DatasetName {
  const names = Object.keys(datasets);
  if (!names.includes(experiment.data.name)) {
    throw new LtuError(
      "OPTION",
      `experiment: data.name must be one of ${names.join(", ")}, found "${experiment.data.name}"; ${didYouMean(experiment.data.name, names)}`,
    );
  }
  const name = experiment.data.name as DatasetName;
  const known = optionsOf[name] ?? [];
  const unknown = Object.keys(experiment.data.options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    const [expected, advice] =
      known.length === 0
        ? [`must be empty for ${name}`, "remove it."]
        : [`of ${name} are ${known.join(", ")}`, didYouMean(unknown, known)];
    throw new LtuError("OPTION", `experiment: data.options ${expected}, found "${unknown}"; ${advice}`);
  }
  return name;
}

/** Whether the data set of an experiment comes with the repository or is generated. */
function isBuiltIn({ data: { name } }: Experiment): boolean {
  return name === "fashion-mini" || name === "synthetic";
}

/** The data sets that are decoded from pictures in files, of which some may be broken. */
const fromPictures: readonly DatasetName[] = ["image-folder", "tiny-imagenet-20", "tiny-imagenet-200"];

/** Refuses to leave out broken pictures of a data set that has none. */
function checkSkipBroken(experiment: Experiment, { skipBroken = false }: DataOptions): void {
  const name = dataName(experiment);
  if (skipBroken && !fromPictures.includes(name)) {
    throw new LtuError(
      "OPTION",
      `--skip-broken: expected an experiment on ${fromPictures.join(", ")}, whose pictures are decoded, found "${experiment.name}" on ${name}; leave it out.`,
    );
  }
}

/**
 * Loads the data set an experiment names.
 *
 * @throws LtuError `OPTION` for an unknown name or option and for what this data set cannot do, `DATA` for what is missing,
 * incomplete or damaged.
 */
export async function loadData(experiment: Experiment, options: DataOptions): Promise<LoadedData> {
  const name = dataName(experiment);
  checkSkipBroken(experiment, options);
  const { folder, download, skipBroken = false, signal, onProgress } = options;
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
  const told = { signal, onProgress };
  if (download && (await findData(folder, name)).form === "absent") {
    if (name !== "cifar10") {
      throw new LtuError(
        "DATA",
        `data: --download fetches cifar10 alone, found an experiment on ${name} and none of it in ${folder}; leave --download out to be told what to put there.`,
      );
    }
    await makeFolder(folder);
    await downloadCifar10(folder, told);
  }
  switch (name) {
    case "cifar10":
      return loadCifar10(folder, told);
    case "cifar100":
      return loadCifar100(folder, told);
    case "fashion-mnist":
      return loadFashionMnist(folder, told);
    case "image-folder":
      return loadImageFolder(folder, {
        // The loader checks them, as those of any caller.
        ...(experiment.data.options as unknown as LoadImageFolderOptions),
        splitSeed: experiment.splitSeed ?? experiment.seed,
        skipBroken,
        ...told,
      });
    case "mnist":
      return loadMnist(folder, told);
    case "tiny-imagenet-20":
    case "tiny-imagenet-200":
      return loadTinyImagenet(folder, {
        ...(experiment.data.options as LoadTinyImagenetOptions),
        variant: name === "tiny-imagenet-20" ? tinyImagenet20 : tinyImagenet200,
        skipBroken,
        ...told,
      });
  }
}

/** What a user is told of pictures that were left out: how many, and each with the reason, the first ten of them. */
export function skippedLines(loaded: LoadedData): string[] {
  const { skipped = [] } = loaded as Partial<ImageFolderData>;
  if (skipped.length === 0) return [];
  const shown = skipped.slice(0, 10).map(({ file, reason }) => `          ${file}: ${reason}`);
  const more = skipped.length > shown.length ? [`          and ${skipped.length - shown.length} more`] : [];
  return [`skipped   files that do not decode: ${skipped.length}`, ...shown, ...more];
}

/** What a user is told who named a data folder (`--data`) for an experiment that reads nothing from one. */
export function unreadLines(experiment: Experiment, data: string | undefined): string[] {
  if (data === undefined || !isBuiltIn(experiment)) return [];
  return [
    `note      ${experiment.data.name} needs no files: nothing is read from --data; --experiment names another experiment`,
  ];
}

/** Generated images; their seed is the split's, so that all seeds of a study can share one data set or none. */
function syntheticData(experiment: Experiment): LoadedData {
  const { train, val, test, options } = experiment.data;
  if (Number(options["classes"]) > train) {
    throw new LtuError(
      "OPTION",
      `experiment: data.options.classes must be at most data.train, a training image a class, found ${String(options["classes"])} classes and ${train} images; lower it.`,
    );
  }
  const rng = createRng(experiment.splitSeed ?? experiment.seed).split("synthetic");
  return synthetic({
    ...(options as Omit<SyntheticOptions, "rng" | "size">),
    rng,
    size: { train, val, test },
  });
}
