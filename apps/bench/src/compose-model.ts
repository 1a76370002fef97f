import { LtuError, type Model } from "@ltu/core";
import type { LoadedData } from "@ltu/datasets";
import { models } from "@ltu/models";
import type { Json } from "@ltu/runner";

import type { ComposedModel } from "./composed-model.ts";
import { checkLayersModelOptions, composeLayersModel, layersModelOptions } from "./compose-layers-model.ts";
import type { Experiment } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";

/** Architectures by name, as functions of whatever options the experiment gives beside what the data says. */
const factories: Readonly<Record<string, (options: never) => Model>> = models;

/** The options of each architecture that an experiment may set; the rest comes from the data. */
const optionNames: Readonly<Record<string, readonly string[]>> = {
  "layers-model": layersModelOptions,
  mlp: ["hidden", "activation"],
  resnet18: ["stem", "width"],
  resnet20: ["fan"],
  resnet44: ["fan"],
  resnet56: ["fan"],
  "vit-tiny": ["depth", "width", "heads", "patch"],
};

/** Refuses an unknown architecture, or an option it does not have, before any data is read. */
export function checkModelName({ model }: Experiment): void {
  const names = [...Object.keys(factories), "layers-model"];
  if (!names.includes(model.name)) {
    throw new LtuError(
      "OPTION",
      `experiment: model.name must be one of ${names.join(", ")}, found "${model.name}"; ${didYouMean(model.name, names)}`,
    );
  }
  const known = optionNames[model.name] ?? [];
  const unknown = Object.keys(model.options).find((option) => !known.includes(option));
  if (unknown !== undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: model.options of ${model.name} are ${known.join(", ") || "none"}, found "${unknown}"; ${known.length === 0 ? "remove it." : didYouMean(unknown, known)}`,
    );
  }
  if (model.name === "layers-model") checkLayersModelOptions(model.options);
}

/**
 * The experiment's model for its data: image shape, class count and normalisation come from the data.
 *
 * @param folder - Where the experiment's file lies: the folder of a `layers-model` is relative to it.
 */
export async function composeModel(
  experiment: Experiment,
  data: LoadedData,
  { folder }: { readonly folder: string },
): Promise<ComposedModel> {
  const { model } = experiment;
  const { dataset, normalization } = data;
  const classes = dataset.classNames.length;
  if (model.classes !== undefined && model.classes !== classes) {
    throw new LtuError(
      "SHAPE",
      `experiment: the model has ${model.classes} classes and the data ${dataset.name} has ${classes}; leave model.classes out or set it to ${classes}.`,
    );
  }
  if (model.name === "layers-model") return composeLayersModel(experiment, data, { folder });
  const factory = factories[model.name] as (options: unknown) => Model;
  return {
    model: factory({ ...model.options, inputShape: dataset.imageShape, classes, ...normalization }),
    identity: JSON.parse(JSON.stringify(model)) as Json,
    notes: [],
  };
}
