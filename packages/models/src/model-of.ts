import { keep, tidy, type Tensor2D, type Tensor4D } from "@tensorflow/tfjs-core";

import { LtuError, mapParams, type Model, type ModelOutput, type ModelWeights, type Rng } from "@ltu/core";

import { updateRunningStatistics, type BatchStatistics } from "./layers/batch-norm.ts";
import type { ForwardContext } from "./layers/conv-batch-norm.ts";
import { initialWeights, type LayerSpec } from "./layers/initial-weights.ts";
import { normalize, type Normalization } from "./layers/normalize.ts";

/** What an architecture says of itself; {@link modelOf} makes a model of it. */
export interface Architecture {
  readonly name: string;
  readonly inputShape: readonly [number, number, number];
  readonly classes: number;
  /** Statistics of the input channels; without them images enter as they are. */
  readonly normalization: Normalization | undefined;
  /** The layers that hold parameters, in the order of their names. */
  readonly layers: readonly LayerSpec[];
  /** From normalised images to logits and features, inside one tidy; collects what batch norms saw. */
  readonly forward: (
    images: Tensor4D,
    weights: ModelWeights,
    context: ForwardContext,
  ) => { readonly logits: Tensor2D; readonly features: Tensor2D };
  /** The same architecture for another number of classes. */
  readonly withClasses: (classes: number) => Model;
}

/**
 * A model of the contract from its architecture: checks the input, normalises it, runs the layers and updates
 * the running statistics in mode `"train"`.
 *
 * @throws LtuError `OPTION` for an impossible input shape, class count or normalisation; the model's `apply`
 *   throws `SHAPE` for images of another shape.
 */
export function modelOf(architecture: Architecture): Model {
  const { name, inputShape, classes, normalization, layers, forward, withClasses } = architecture;
  checkArchitecture(architecture);
  return {
    name,
    inputShape,
    classes,
    init: (rng: Rng) => initialWeights(layers, rng),
    withClasses,
    apply: (weights, images, { mode }): ModelOutput => {
      if (images.rank !== 4 || inputShape.some((length, axis) => images.shape[axis + 1] !== length)) {
        throw new LtuError(
          "SHAPE",
          `${name}: images must be [batch, ${inputShape.join(", ")}], found [${images.shape.join(", ")}]; make the model with the inputShape of the data.`,
        );
      }
      return tidy(() => {
        const seen: BatchStatistics[] = [];
        const input = normalization === undefined ? images : normalize(images, normalization);
        const { logits, features } = forward(input, weights, { mode, seen });
        if (mode !== "train") return { logits, features, stats: undefined } as never;
        // Kept, so that they outlive the tidy of a gradient around this pass.
        const stats = mapParams(updateRunningStatistics(weights.stats, seen), (tensor) => keep(tensor));
        return { logits, features, stats } as never;
      }) as unknown as ModelOutput;
    },
  };
}

/** Refuses an input shape, a class count or a normalisation that cannot be: LtuError `OPTION`. */
export function checkArchitecture({
  name,
  inputShape,
  classes,
  normalization,
}: Pick<Architecture, "name" | "inputShape" | "classes" | "normalization">): void {
  const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1;
  if (inputShape.length !== 3 || !inputShape.every(isCount)) {
    throw new LtuError(
      "OPTION",
      `${name}: inputShape must be [height, width, channels] of whole numbers of at least 1, found [${inputShape.join(", ")}]; take it from the data.`,
    );
  }
  if (!Number.isInteger(classes) || classes < 2) {
    throw new LtuError(
      "OPTION",
      `${name}: classes must be a whole number of at least 2, found ${classes}; take it from the data.`,
    );
  }
  if (normalization === undefined) return;
  const { mean, std } = normalization;
  const channels = inputShape[2];
  const isFine =
    mean.length === channels &&
    std.length === channels &&
    mean.every(Number.isFinite) &&
    std.every((value) => Number.isFinite(value) && value > 0);
  if (!isFine) {
    throw new LtuError(
      "OPTION",
      `${name}: mean and std must hold ${channels} finite numbers each, std above 0, found mean [${mean.join(", ")}] and std [${std.join(", ")}]; take them from the training set.`,
    );
  }
}
