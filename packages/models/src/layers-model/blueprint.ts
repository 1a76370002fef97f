import type { LayersModel } from "@tensorflow/tfjs-layers";

import { LtuError } from "@ltu/core";

import { newVariables } from "./new-variables.ts";

/** All that is needed to build a LayersModel again: plain data and the class that builds it. */
export interface Blueprint {
  readonly className: LayersModelClass;
  readonly config: object;
  /** What the user noted beside the model in its file. */
  readonly metadata: {} | undefined;
}

interface LayersModelClass {
  fromConfig(
    className: LayersModelClass,
    config: object,
    customObjects: object,
    fastWeightInit: boolean,
  ): LayersModel;
}

/** What differs from the user's model when it is built again. */
export interface Changes {
  /** The last dense layer. */
  readonly name: string;
  readonly units?: number;
  readonly activation?: "linear";
}

/** Takes the plan of a model; the model itself is not kept. */
export function blueprintOf(model: LayersModel): Blueprint {
  return {
    className: model.constructor as unknown as LayersModelClass,
    config: structuredClone(model.getConfig()),
    metadata: model.getUserDefinedMetadata(),
  };
}

/**
 * Builds a model by its plan, with weights of zero; the caller disposes it.
 *
 * @throws LtuError `OPTION` where TensorFlow.js cannot build a model from its own configuration.
 */
export function buildModel({ className, config, metadata }: Blueprint, changes: Changes): LayersModel {
  const made = newVariables();
  let model: LayersModel;
  try {
    model = className.fromConfig(className, changed(structuredClone(config), changes) as object, {}, true);
  } catch (cause) {
    made.dispose();
    throw new LtuError(
      "OPTION",
      `fromLayersModel: the model must be one that its own configuration describes, found "${(cause as Error).message}" when building it again; register layers of your own with tf.serialization.registerClass.`,
      { cause },
    );
  }
  if (metadata !== undefined) model.setUserDefinedMetadata(metadata);
  return model;
}

/** The configuration with the dense layer of that name changed, wherever it is nested. */
function changed(value: unknown, { name, ...rest }: Changes): unknown {
  if (Array.isArray(value)) return value.map((entry) => changed(entry, { name, ...rest }));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, inner]) => [key, changed(inner, { name, ...rest })] as const,
  );
  const copy = Object.fromEntries(entries) as Record<string, unknown>;
  return copy["name"] === name && "units" in copy ? { ...copy, ...rest } : copy;
}
