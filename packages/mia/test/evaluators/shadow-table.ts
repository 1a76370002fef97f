import type { Predictions } from "@ltu/core";

import {
  auditInput,
  type AuditInput,
  type AuditSamples,
  type ModelOrigin,
  type ShadowKind,
  type ShadowModel,
} from "../../src/evaluators/index.ts";

/** Outputs of two classes with true class 0 and the phi asked for: logits (phi, 0). */
export function outputsWith(phi: readonly number[]): Predictions {
  return {
    logits: Float32Array.from(phi.flatMap((value) => [value, 0])),
    labels: new Int32Array(phi.length),
    classes: 2,
  };
}

/** The same as samples of an audit, from an index on. */
export function samplesWith(phi: readonly number[], from = 0): AuditSamples {
  return { ...outputsWith(phi), indexes: Int32Array.from(phi, (_, i) => from + i) };
}

/** An audited model that was unlearned by fine-tuning. */
export const origin: ModelOrigin = {
  key: "target",
  recipe: "small-cnn, 20 epochs",
  transform: "identity",
  method: "finetune",
};

interface ShadowRequest {
  readonly kind: ShadowKind;
  readonly trainedOn: readonly number[];
  readonly forgotten: readonly number[];
  readonly phi: readonly number[];
}

/** Shadow models of the audited model's recipe, transform and method. */
export const shadowTable: { readonly model: (key: string, request: ShadowRequest) => ShadowModel } = {
  model: (key, { kind, trainedOn, forgotten, phi }) => ({
    ...origin,
    key,
    kind,
    method: kind === "unlearned" ? origin.method : undefined,
    trainedOn: Int32Array.from(trainedOn),
    forgotten: Int32Array.from(forgotten),
    outputs: outputsWith(phi),
  }),
};

/** An audit of samples 0, 1, ... with shadow models. */
export function audited(
  phi: readonly number[],
  models: readonly ShadowModel[],
  model: ModelOrigin = origin,
): AuditInput {
  const indexes = Int32Array.from(models[0]?.outputs.labels ?? [], (_, i) => i);
  return auditInput({ score: samplesWith(phi), model, shadows: { indexes, models } });
}
