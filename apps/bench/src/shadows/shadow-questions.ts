import { uLira, type Evaluator } from "@ltu/mia/evaluators";
import { stageKey, type Stage, type StageContext } from "@ltu/runner";

import { rmiaUnlearned, type PlannedEvaluator } from "../compose-evaluators.ts";
import { feedbackModels } from "../plan-feedback.ts";
import type { RunContext } from "../run-context.ts";
import { decodeSplits, type PreparedSplits } from "../stages/prepare.ts";
import { otherClasses, type Question } from "../stages/question.ts";
import { decodeOutputs, type ModelOutputs } from "../stages/read-outputs.ts";
import { noSignal } from "./without-signal.ts";
import type { MethodShadows, ShadowOriginal } from "./plan-shadows.ts";
import { decodeShadow, firstOutputs } from "./read-shadow.ts";
import {
  originalsInput,
  unlearnedInput,
  type AuditedModel,
  type ReadShadow,
  type ReadUnlearned,
} from "./shadow-input.ts";
import { shadowAudit, shadowStream } from "./shadow-sets.ts";

/** The shadow models that one model is audited with. */
export interface ShadowsOfModel {
  readonly originals: readonly ShadowOriginal[];
  /** Of its own method; of every method for a model that no method made, to see that it passes. */
  readonly methods: readonly MethodShadows[];
  /** The outputs of the run's original. */
  readonly before: Stage;
}

/** The stages whose outputs {@link shadowQuestions} reads. */
export function shadowStages({ originals, methods, before }: ShadowsOfModel): Stage[] {
  return [
    before,
    ...originals.flatMap(({ sets, outputs }) => [sets, outputs]),
    ...methods.flatMap(({ shadows }) => shadows.map(({ outputs }) => outputs)),
  ];
}

/** What the questions are asked about, and where the outputs come from. */
export interface ShadowQuestionsRequest {
  readonly shadows: ShadowsOfModel;
  readonly audited: AuditedModel;
  readonly splits: PreparedSplits;
  readonly artefact: StageContext["artefact"];
}

/**
 * What one evaluator asks of a model beside shadow models: once with shadow originals, or once with those that each
 * method unlearned.
 */
export function shadowQuestions(
  context: RunContext,
  { evaluator, comparesWith }: PlannedEvaluator,
  { shadows, audited, splits, artefact }: ShadowQuestionsRequest,
): Question[] {
  const { targets, sets } = shadowAudit(context, splits);
  const unseen = targets.scored.length - splits.forgetSet.length;
  const reads = (need: (typeof evaluator.needs)[number]): boolean => evaluator.needs.includes(need);
  const use = {
    fittingSamples: [
      ...(reads("population") ? sets.population : []),
      ...(reads("fit") ? targets.fitting : []),
    ],
    // All shadow models, and what they are unlearned with, draw from streams that are split from this one.
    seeds: [shadowStream(context).key, context.rng.split("audit").key],
  };
  const ownClasses = audited.outputs.forget.classes;
  if (comparesWith === "originals") {
    return [
      {
        evaluator,
        unseen,
        use: { ...use, shadowModels: shadows.originals.map(({ key }) => key) },
        input: async () => {
          const originals = await Promise.all(shadows.originals.map((each) => readOriginal(each, artefact)));
          return (
            otherClasses(ownClasses, originals[0]?.outputs.classes ?? 0) ??
            originalsInput(context, { audited, splits, originals })
          );
        },
      },
    ];
  }
  if (shadows.methods.length === 0) {
    const detail = `no shadow models were unlearned by the method of this row: give it "shadows": true`;
    return [
      {
        evaluator,
        unseen,
        use: { ...use, shadowModels: [] },
        input: async () => ({ reason: "NO_UNLEARNED_SHADOWS", detail }),
      },
    ];
  }
  return shadows.methods.map((of): Question => ({
    evaluator: askedOf(evaluator, of.method),
    shadowsOf: of.label,
    unseen,
    use: { ...use, shadowModels: keysOf(of) },
    input: async () => {
      const before = decodeOutputs(await artefact(shadows.before));
      const read = await readUnlearned(of, artefact);
      const unlearned = reads("population")
        ? read
        : read.map((each) => ({
            ...each,
            outputs: firstOutputs(each.outputs, targets.scored.length + targets.fitting.length),
          }));
      if (unlearned.length === 0) {
        return {
          reason: "NO_UNLEARNED_SHADOWS",
          detail: `in none of ${of.shadows.length} shadow models the attacks of ${of.label} found a signal to give feedback with`,
        };
      }
      return (
        differentClasses(ownClasses, { evaluator: evaluator.name, before, unlearned }) ??
        unlearnedInput(context, { audited, before, method: of.method, splits, shadows: unlearned })
      );
    },
  }));
}

/** The evaluator that takes the shadow models of a method, whatever made the audited model. */
function askedOf(evaluator: Evaluator, method: string): Evaluator {
  if (evaluator.name === "u-lira") return uLira({ method });
  return evaluator.name === "rmia-unlearned" ? rmiaUnlearned(method) : evaluator;
}

/** Shadow models of a method with what made them: originals, and reference models of attacks that were fitted inside. */
function keysOf({ shadows }: MethodShadows): string[] {
  return shadows.flatMap((shadow) => [
    shadow.original.key,
    shadow.key,
    ...feedbackModels(shadow).map((stage) => stageKey(stage)),
  ]);
}

/** U-LiRA and RMIA compare with unlearned models alone; the before/after attack with the originals too. */
function differentClasses(
  own: number,
  {
    evaluator,
    before,
    unlearned,
  }: {
    readonly evaluator: string;
    readonly before: ModelOutputs;
    readonly unlearned: readonly ReadUnlearned[];
  },
): ReturnType<typeof otherClasses> {
  const found = otherClasses(own, unlearned[0]?.outputs.classes ?? 0);
  return found ?? (evaluator !== "update-pair" ? undefined : otherClasses(own, before.forget.classes));
}

async function readOriginal(
  { key, sets, outputs }: ShadowOriginal,
  artefact: StageContext["artefact"],
): Promise<ReadShadow> {
  return { key, sets: decodeSplits(await artefact(sets)), outputs: decodeShadow(await artefact(outputs)) };
}

async function readUnlearned(
  { shadows }: MethodShadows,
  artefact: StageContext["artefact"],
): Promise<ReadUnlearned[]> {
  const read = await Promise.all(
    shadows.map(async ({ original, key, outputs }) => {
      const bytes = await artefact(outputs);
      if (noSignal(bytes) !== undefined) return [];
      return [{ original: await readOriginal(original, artefact), key, outputs: decodeShadow(bytes) }];
    }),
  );
  return read.flat();
}
