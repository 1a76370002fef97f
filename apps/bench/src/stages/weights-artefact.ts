import {
  decodeTensors,
  disposeParams,
  encodeTensors,
  paramCount,
  type Cost,
  type ModelWeights,
} from "@ltu/core";

/** What a stage that makes a model leaves in the store. */
export interface ModelArtefact {
  /** The caller disposes them. */
  readonly weights: ModelWeights;
  /** The model's number of classes, which a method may change. */
  readonly classes: number;
  readonly cost: Omit<Cost, "wallMs">;
  readonly history: Readonly<Record<string, readonly number[]>>;
}

type Metadata = Omit<ModelArtefact, "weights">;

/** A trained or unlearned model as bytes; times are left out, so equal models are equal bytes. */
export function encodeModel({
  weights,
  classes,
  cost,
  history,
}: Omit<ModelArtefact, "cost"> & { readonly cost: Cost }): Promise<Uint8Array> {
  const { imagesForward, imagesBackward, steps } = cost;
  const metadata: Metadata = { classes, cost: { imagesForward, imagesBackward, steps }, history };
  return encodeTensors({ params: weights.params, stats: weights.stats }, metadata);
}

/** The reverse of {@link encodeModel}. */
export function decodeModel(bytes: Uint8Array): ModelArtefact {
  const { trees, metadata } = decodeTensors(bytes);
  return {
    weights: { params: trees["params"] ?? {}, stats: trees["stats"] ?? {} },
    ...(metadata as Metadata),
  };
}

/** What {@link encodeModel} kept but the weights themselves, of which only the number is told. */
export function describeModel(
  bytes: Uint8Array,
): Omit<ModelArtefact, "weights"> & { readonly parameters: number } {
  const { weights, ...rest } = decodeModel(bytes);
  const parameters = paramCount(weights.params);
  [weights.params, weights.stats].forEach(disposeParams);
  return { ...rest, parameters };
}
