import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";

import { tensor } from "@tensorflow/tfjs-core";

import { disposeParams, isLtuError, LtuError, type Model, type ModelWeights, type Params } from "@ltu/core";
import type { LoadedData } from "@ltu/datasets";
import type { AdaptedModel } from "@ltu/models/layers-model";

import type { ComposedModel } from "./composed-model.ts";
import type { Experiment } from "./config.ts";

/** Options of the model `layers-model` in an experiment. */
export interface LayersModelOptions {
  /** The folder of `model.json`, relative to the experiment's file. */
  readonly folder: string;
  /**
   * Where every training begins, that of the original, of retrained and of reference models: `"fresh"`, the default, at
   * weights drawn by the architecture's initializers; `"file"` at the weights of the folder, which must not have
   * learned from the experiment's images, or the retrained models are no reference any more.
   */
  readonly weights?: "file" | "fresh";
  /** Mean of each channel of images in [0, 1]; the data's by default. */
  readonly mean?: readonly number[];
  /** Standard deviation of each channel; the data's by default. */
  readonly std?: readonly number[];
}

/** Names of {@link LayersModelOptions}. */
export const layersModelOptions: readonly (keyof LayersModelOptions)[] = ["folder", "weights", "mean", "std"];

/**
 * Refuses options of `layers-model` that cannot be, before any file is read.
 *
 * @throws LtuError `OPTION`.
 */
export function checkLayersModelOptions(options: Readonly<Record<string, unknown>>): void {
  const { folder, weights = "fresh" } = options;
  const refuse = (option: string, wanted: string, advice: string): never => {
    throw new LtuError(
      "OPTION",
      `experiment: model.options.${option} of layers-model must be ${wanted}, found ${JSON.stringify(options[option]) ?? "none"}; ${advice}.`,
    );
  };
  if (typeof folder !== "string" || folder === "") {
    refuse("folder", "the folder of a model.json", "name it relative to the experiment's file");
  }
  if (weights !== "file" && weights !== "fresh") {
    refuse("weights", '"file" or "fresh"', "choose where training begins");
  }
  for (const option of ["mean", "std"]) {
    const value = options[option];
    if (value === undefined || (Array.isArray(value) && value.every(Number.isFinite))) continue;
    refuse(option, "a list of one number a channel", "leave it out for the data's own");
  }
}

/**
 * A user's own LayersModel as the model of an experiment. Its identity is the content of its files and not their path:
 * a moved folder keeps the stages, a changed file makes new ones.
 *
 * @param folder - Where the experiment's file lies.
 * @throws LtuError `DATA` for files that are missing or damaged, `OPTION` for a model that is no classifier of the
 *   data's images, `SHAPE` for one of other classes.
 */
export async function composeLayersModel(
  { model: { options } }: Experiment,
  { dataset, normalization }: LoadedData,
  { folder }: { readonly folder: string },
): Promise<ComposedModel> {
  const asked = options as unknown as LayersModelOptions;
  const { weights: start = "fresh", mean = normalization.mean, std = normalization.std } = asked;
  const path = resolve(folder, asked.folder);
  const where = `experiment: the model in ${asked.folder}`;
  const { model, weights } = await adapted(path, where, { mean, std, inputShape: dataset.imageShape });
  try {
    const classes = dataset.classNames.length;
    if (model.classes !== classes) {
      throw new LtuError(
        "SHAPE",
        `${where} has ${model.classes} classes and the data ${dataset.name} has ${classes}; give its last dense layer ${classes} units, or choose other data.`,
      );
    }
    return {
      model: start === "file" ? await startingAt(model, weights) : model,
      identity: {
        name: "layers-model",
        files: await filesHash(path),
        weights: start,
        mean: [...mean],
        std: [...std],
      },
      notes: inactiveNote(model),
    };
  } finally {
    [weights.params, weights.stats].forEach(disposeParams);
  }
}

async function adapted(
  path: string,
  where: string,
  options: {
    readonly mean: readonly number[];
    readonly std: readonly number[];
    readonly inputShape: readonly [number, number, number];
  },
): Promise<{ readonly model: AdaptedModel; readonly weights: ModelWeights }> {
  // Only whoever has such a model loads that part of TensorFlow.js.
  const { fromLayersModel } = await import("@ltu/models/layers-model");
  const { loadLayersModel } = await import("@ltu/models/layers-model/files");
  const layersModel = await loadLayersModel(path);
  try {
    return fromLayersModel(layersModel, options);
  } catch (error) {
    if (!isLtuError(error)) throw error;
    throw new LtuError(error.code, `${where}: ${error.message}`, { cause: error });
  } finally {
    layersModel.dispose();
  }
}

/** The same model, whose initial weights are always the given ones; they are kept as plain numbers. */
async function startingAt(model: AdaptedModel, weights: ModelWeights): Promise<Model> {
  const [params, stats] = await Promise.all([weights.params, weights.stats].map(numbersOf));
  const { name, inputShape, classes } = model;
  return {
    name,
    inputShape,
    classes,
    init: () => ({ params: params?.() ?? {}, stats: stats?.() ?? {} }),
    apply: (...pass) => model.apply(...pass),
    withClasses: (other) => model.withClasses(other),
  };
}

/** Makes the same tensors again and again. */
async function numbersOf(params: Params): Promise<() => Params> {
  const kept = await Promise.all(
    Object.entries(params).map(async ([name, value]) => ({
      name,
      shape: value.shape,
      numbers: Float32Array.from(await value.data()),
    })),
  );
  return () =>
    Object.fromEntries(kept.map(({ name, shape, numbers }) => [name, tensor(numbers.slice(), shape)]));
}

/** SHA-256 of `model.json` and the weight files that it names, in its order. */
async function filesHash(path: string): Promise<string> {
  const file = path.endsWith(".json") ? path : join(path, "model.json");
  const text = await readFile(file);
  const { weightsManifest } = JSON.parse(text.toString("utf8")) as {
    weightsManifest: readonly { readonly paths: readonly string[] }[];
  };
  const hash = createHash("sha256").update(text);
  for (const name of weightsManifest.flatMap(({ paths }) => paths)) {
    hash.update(await readFile(join(file, "..", name)));
  }
  return hash.digest("hex");
}

function inactiveNote({ name, inactiveLayers }: AdaptedModel): string[] {
  if (inactiveLayers.length === 0) return [];
  return [
    `The layers ${inactiveLayers.join(", ")} of ${name} draw random numbers and do nothing here, in every model of the run alike.`,
  ];
}
