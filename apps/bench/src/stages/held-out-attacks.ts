import type { IndexSet } from "@ltu/core";
import type { Evaluator } from "@ltu/mia/evaluators";
import type { AttackReading } from "@ltu/report";
import type { Json, Stage } from "@ltu/runner";

import { auditShares, cutAuditSets, drawFitMembers, type AuditSets } from "../audit-sets.ts";
import { evaluatorKey, type PlannedEvaluator } from "../compose-evaluators.ts";
import type { RunContext } from "../run-context.ts";
import { shadowQuestions, shadowStages, type ShadowsOfModel } from "../shadows/shadow-questions.ts";
import { decodeAccessibleRetain } from "./accessible-retain.ts";
import { askModel, attackInput } from "./attack-input.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeSplits } from "./prepare.ts";
import { answer, otherClasses, type Question } from "./question.ts";
import { decodeOutputs } from "./read-outputs.ts";
import { manifestOf, type EvaluatorUse, type FeedbackUse } from "./shared-with-feedback.ts";

/** An oracle as reference model of evaluators. */
export interface ReferenceOracle {
  /** Content key of its weights. */
  readonly key: string;
  /** Key of its random stream. */
  readonly seed: string;
  readonly outputs: Stage;
}

/** What the stage is given beside the run. */
export interface HeldOutAttacksRequest {
  readonly evaluators: readonly PlannedEvaluator[];
  readonly prepare: Stage;
  readonly accessible: Stage;
  readonly weights: Stage;
  readonly outputs: Stage;
  /** Content key of the audited model's weights. */
  readonly key: string;
  readonly label: string;
  /** Without the audited model itself. */
  readonly oracles: readonly ReferenceOracle[];
  readonly shadows: ShadowsOfModel;
  readonly feedback?: FeedbackUse | undefined;
  /** Have evaluators that share with feedback compute, and mark them. */
  readonly allowShared: boolean;
}

/**
 * Lets every evaluator attack one model: the forget set against test images, each evaluator fitted on
 * images that serve nothing else. One that shares anything with the feedback of the row is refused with the reason.
 */
export function heldOutAttacksStage(context: RunContext, request: HeldOutAttacksRequest): Stage {
  const { experiment, rng, ground } = context;
  const { evaluators: planned, prepare, accessible, weights, outputs, label, oracles, shadows } = request;
  const { feedback, allowShared } = request;
  const stream = rng.split("audit");
  const evaluators = planned.map(({ evaluator }) => evaluator);
  const asksModel = evaluators.some(
    ({ needs }) => needs.includes("views") || needs.includes("gradientNorms"),
  );
  const asksShadows = shadows.originals.length > 0;
  const asksBefore = planned.some(
    (each) => !comparesWithShadows(each) && each.evaluator.needs.includes("before"),
  );
  return {
    name: `attack: ${label}`,
    inputs: {
      // Version 2 of the readings: with the score of every sample.
      version: 2,
      evaluators: planned.map(evaluatorKey),
      augmented: experiment.training.augment,
      shares: auditShares,
      oracles: oracles.map(({ key, seed }) => ({ key, seed })),
      feedback: feedback ?? null,
      allowShared,
      rng: stream.key,
      ground,
      ...(asksShadows ? { shadowsOf: shadows.methods.map(({ label: of, method }) => ({ of, method })) } : {}),
    } as unknown as Json,
    dependsOn: [
      prepare,
      outputs,
      ...oracles.map((oracle) => oracle.outputs),
      ...(asksShadows ? shadowStages(shadows) : asksBefore ? [shadows.before] : []),
      ...(feedback === undefined ? [] : [accessible]),
      ...(asksModel ? [weights] : []),
    ],
    run: async ({ artefact, signal }) => {
      const splits = decodeSplits(await artefact(prepare));
      const usedByFeedback: IndexSet =
        feedback === undefined ? new Int32Array(0) : decodeAccessibleRetain(await artefact(accessible));
      const sets = cutAuditSets(splits.testSet, stream, context.forgotten);
      const members = drawFitMembers(splits.retainSet, {
        count: sets.fitNonMembers.length,
        usedByFeedback,
        rng: stream,
      });
      const own = decodeOutputs(await artefact(outputs));
      const references = await Promise.all(
        oracles.map(async (oracle) => ({
          ...oracle,
          outputs: decodeOutputs(await artefact(oracle.outputs)),
        })),
      );
      const asked = asksModel
        ? await askModel(context, { bytes: await artefact(weights), sets, splits, evaluators, signal })
        : {};
      const before = asksBefore ? decodeOutputs(await artefact(shadows.before)) : undefined;
      const parts = { own, before, references, sets, members, splits, asked, key: request.key };
      const input = attackInput(context, parts);
      const classes = references[0]?.outputs.forget.classes ?? own.forget.classes;
      const used = { sets, members, seeds: [stream.key, ...oracles.map(({ seed }) => seed)] };
      const questions = planned.flatMap((each): Question[] => {
        if (comparesWithShadows(each)) {
          const audited = { key: request.key, outputs: own };
          return shadowQuestions(context, each, { shadows, audited, splits, artefact });
        }
        const { evaluator } = each;
        const differs =
          (evaluator.needs.includes("shadows") ? otherClasses(own.forget.classes, classes) : undefined) ??
          (evaluator.needs.includes("before") && before !== undefined
            ? otherClasses(own.forget.classes, before.forget.classes)
            : undefined);
        const use = useOf(evaluator, { used, oracles: oracles.map(({ key }) => key) });
        return [{ evaluator, unseen: sets.unseen.length, use, input: async () => differs ?? input }];
      });
      const data = context.data.contentHash;
      const manifest = manifestOf(feedback, {
        data,
        samples: Int32Array.from([...usedByFeedback, ...splits.valSet]),
      });
      const readings: AttackReading[] = [];
      // One after the other: the outputs of many shadow models are large.
      for (const question of questions)
        readings.push(await answer(question, { data, manifest, allowShared }));
      return encodeJson(readings);
    },
  };
}

function comparesWithShadows({ comparesWith }: PlannedEvaluator): boolean {
  return comparesWith === "originals" || comparesWith === "unlearned";
}

/** The readings that {@link heldOutAttacksStage} kept. */
export function decodeAttacks(bytes: Uint8Array): AttackReading[] {
  return decodeJson<AttackReading[]>(bytes);
}

/** What an evaluator without shadow models is made of. */
function useOf(
  { needs }: Evaluator,
  {
    used: { sets, members, seeds },
    oracles,
  }: {
    readonly used: {
      readonly sets: AuditSets;
      readonly members: IndexSet;
      readonly seeds: readonly string[];
    };
    readonly oracles: readonly string[];
  },
): EvaluatorUse {
  const reads = (need: Evaluator["needs"][number]): boolean => needs.includes(need);
  const comparesWithOracles = reads("shadows") || reads("features");
  return {
    fittingSamples: [
      ...(reads("fit") ? [...members, ...sets.fitNonMembers] : []),
      ...(reads("population") ? sets.population : []),
      ...(reads("calibration") ? sets.calibration : []),
    ],
    seeds: comparesWithOracles ? seeds : seeds.slice(0, 1),
    shadowModels: comparesWithOracles ? oracles : [],
  };
}
