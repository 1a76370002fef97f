import { disposeParams, type IndexSet } from "@ltu/core";
import {
  auditInput,
  gradientNorms,
  queryViews,
  type AuditInput,
  type AuditSamples,
  type Evaluator,
  type QueryView,
  type ShadowModel,
} from "@ltu/mia/evaluators";

import type { AuditSets } from "../audit-sets.ts";
import type { RunContext } from "../run-context.ts";
import type { PreparedSplits } from "./prepare.ts";
import { describedAs, type ModelOutputs } from "./read-outputs.ts";
import { decodeModel } from "./weights-artefact.ts";

/** What is known of single samples because the model itself was asked again. */
export interface Asked {
  readonly indexes?: IndexSet;
  readonly views?: readonly QueryView[];
  readonly norms?: Float64Array;
}

/** Asks the model about copies of the scored images, and for gradients, where an evaluator needs that. */
export async function askModel(
  { model, batches, rng }: RunContext,
  {
    bytes,
    sets,
    splits,
    evaluators,
    signal,
  }: {
    readonly bytes: Uint8Array;
    readonly sets: AuditSets;
    readonly splits: PreparedSplits;
    readonly evaluators: readonly Evaluator[];
    readonly signal: AbortSignal;
  },
): Promise<Asked> {
  const { weights, classes } = decodeModel(bytes);
  const audited = classes === model.classes ? model : model.withClasses(classes);
  const indexes = Int32Array.from([...splits.forgetSet, ...sets.unseen]);
  const query = { model: audited, weights, batches: describedAs(batches, classes), indexes, signal };
  const isNeeded = (need: "views" | "gradientNorms"): boolean =>
    evaluators.some(({ needs }) => needs.includes(need));
  try {
    return {
      indexes,
      ...(isNeeded("views")
        ? {
            views: await queryViews(query, {
              rng: rng.split("audit").split("views"),
              augmentations: 4,
              noise: [0, 0.05, 0.1, 0.2],
              copies: 2,
            }),
          }
        : {}),
      ...(isNeeded("gradientNorms") ? { norms: await gradientNorms(query) } : {}),
    };
  } finally {
    [weights.params, weights.stats].forEach(disposeParams);
  }
}

/** Names the evaluation transform that all outputs are read with. */
export const transform = "evaluation";

/** Names the recipe that originals, oracles and shadow models are trained by. */
export function recipeOf({ model, training }: Pick<RunContext["experiment"], "model" | "training">): string {
  return JSON.stringify({ model, training });
}

/** What the input of evaluators is made of. */
export interface InputParts {
  readonly own: ModelOutputs;
  /** The original's outputs, where an evaluator asks for them. */
  readonly before?: ModelOutputs | undefined;
  readonly references: readonly { readonly key: string; readonly outputs: ModelOutputs }[];
  readonly sets: AuditSets;
  readonly members: IndexSet;
  readonly splits: PreparedSplits;
  readonly asked: Asked;
  readonly key: string;
}

/** Everything that evaluators may ask about one model; each takes what it declares. */
export function attackInput(
  { experiment }: RunContext,
  { own, before, references, sets, members, splits, asked, key }: InputParts,
): AuditInput {
  const scored = Int32Array.from([...splits.forgetSet, ...sets.unseen]);
  const [first] = references;
  const samples = (indexes: IndexSet): AuditSamples => {
    const outputs = pick(own, indexes);
    // What a retrained model, which has seen neither side, makes of an image says how hard the image is.
    const seen = first === undefined ? undefined : pick(first.outputs, indexes);
    return seen === undefined
      ? outputs
      : { ...outputs, features: { values: seen.logits, width: seen.classes } };
  };
  const everything = Int32Array.from([
    ...scored,
    ...members,
    ...sets.fitNonMembers,
    ...sets.population,
    ...sets.calibration,
  ]);
  const recipe = recipeOf(experiment);
  return auditInput({
    score: {
      ...samples(scored),
      ...(before === undefined ? {} : { before: pick(before, scored) }),
      ...(asked.views === undefined ? {} : { views: asked.views }),
      ...(asked.norms === undefined ? {} : { gradientNorms: asked.norms }),
    },
    model: { key, recipe, transform },
    fit: { members: samples(members), nonMembers: samples(sets.fitNonMembers) },
    population: samples(sets.population),
    calibration: samples(sets.calibration),
    ...(first === undefined
      ? {}
      : {
          shadows: {
            indexes: everything,
            models: references.map((oracle): ShadowModel => ({
              key: oracle.key,
              recipe,
              transform,
              kind: "oracle",
              trainedOn: splits.retainSet,
              forgotten: new Int32Array(0),
              outputs: pick(oracle.outputs, everything),
            })),
          },
        }),
  });
}

/** The outputs on some of the samples that were read. */
export function pick({ forget, retain, test }: ModelOutputs, indexes: IndexSet): AuditSamples {
  const { classes } = forget;
  const places = new Map<number, readonly [ModelOutputs["forget"], number]>();
  for (const set of [forget, retain, test])
    set.indexes.forEach((index, row) => places.set(index, [set, row]));
  const logits = new Float32Array(indexes.length * classes);
  const labels = new Int32Array(indexes.length);
  indexes.forEach((index, i) => {
    const [set, row] = places.get(index) as readonly [ModelOutputs["forget"], number];
    logits.set(set.logits.subarray(row * classes, (row + 1) * classes), i * classes);
    labels[i] = set.labels[row] as number;
  });
  return { logits, labels, classes, indexes };
}
