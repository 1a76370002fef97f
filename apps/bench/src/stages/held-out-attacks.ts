import type { IndexSet } from "@ltu/core";
import {
  evaluatorManifest,
  feedbackManifest,
  firewall,
  type Evaluator,
  type FeedbackManifest,
} from "@ltu/mia/evaluators";
import type { AttackReading } from "@ltu/report";
import type { Json, Stage } from "@ltu/runner";

import { auditShares, cutAuditSets, drawFitMembers, type AuditSets } from "../audit-sets.ts";
import { composeEvaluators } from "../compose-evaluators.ts";
import type { RunContext } from "../run-context.ts";
import { askModel, attackInput } from "./attack-input.ts";
import { attackReading } from "./attack-reading.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeAccessibleRetain, decodeSplits } from "./prepare.ts";
import { decodeOutputs } from "./read-outputs.ts";

/** An oracle as reference model of evaluators. */
export interface ReferenceOracle {
  /** Content key of its weights. */
  readonly key: string;
  /** Key of its random stream. */
  readonly seed: string;
  readonly outputs: Stage;
}

/** What gave feedback while the audited model was unlearned, for the firewall. */
export interface FeedbackUse {
  readonly attacks: readonly string[];
  readonly seeds: readonly string[];
  /** Content keys of reference models. */
  readonly shadowModels: readonly string[];
}

/** What the stage is given beside the run. */
export interface HeldOutAttacksRequest {
  readonly prepare: Stage;
  readonly accessible: Stage;
  readonly weights: Stage;
  readonly outputs: Stage;
  /** Content key of the audited model's weights. */
  readonly key: string;
  readonly label: string;
  /** Without the audited model itself. */
  readonly oracles: readonly ReferenceOracle[];
  readonly feedback?: FeedbackUse | undefined;
  /** Have evaluators that share with feedback compute, and mark them. */
  readonly allowShared: boolean;
}

/**
 * Lets every evaluator of the experiment attack one model: the forget set against test images, each evaluator fitted on
 * images that serve nothing else. One that shares anything with the feedback of the row is refused with the reason.
 */
export function heldOutAttacksStage(context: RunContext, request: HeldOutAttacksRequest): Stage {
  const { experiment, rng, ground } = context;
  const { prepare, accessible, weights, outputs, label, oracles, feedback, allowShared } = request;
  const stream = rng.split("audit");
  const evaluators = composeEvaluators(experiment);
  const asksModel = evaluators.some(
    ({ needs }) => needs.includes("views") || needs.includes("gradientNorms"),
  );
  return {
    name: `attack: ${label}`,
    inputs: {
      evaluators: experiment.audit.evaluators,
      augmented: experiment.training.augment,
      shares: auditShares,
      oracles: oracles.map(({ key, seed }) => ({ key, seed })),
      feedback: feedback ?? null,
      allowShared,
      rng: stream.key,
      ground,
    } as unknown as Json,
    dependsOn: [
      prepare,
      outputs,
      ...oracles.map((oracle) => oracle.outputs),
      ...(feedback === undefined ? [] : [accessible]),
      ...(asksModel ? [weights] : []),
    ],
    run: async ({ artefact, signal }) => {
      const splits = decodeSplits(await artefact(prepare));
      const usedByFeedback: IndexSet =
        feedback === undefined ? new Int32Array(0) : decodeAccessibleRetain(await artefact(accessible));
      const sets = cutAuditSets(splits.testSet, stream);
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
      const manifest =
        feedback &&
        feedbackManifest(feedback.attacks, {
          data: context.data.contentHash,
          fittingSamples: [...usedByFeedback, ...splits.valSet],
          seeds: feedback.seeds,
          shadowModels: feedback.shadowModels,
        });
      const asked = asksModel
        ? await askModel(context, { bytes: await artefact(weights), sets, splits, evaluators, signal })
        : {};
      const input = attackInput(context, { own, references, sets, members, splits, asked, key: request.key });
      const used = { sets, members, seeds: [stream.key, ...oracles.map(({ seed }) => seed)] };
      return encodeJson(
        evaluators.map((evaluator): AttackReading => {
          const { independent, mark } = shares(evaluator, {
            manifest,
            data: context.data.contentHash,
            used,
            oracles: oracles.map(({ key }) => key),
          });
          const about = { attack: evaluator.name, kind: evaluator.kind, families: evaluator.families };
          if (!independent && !allowShared) {
            return { ...about, reading: { reason: "SHARED_WITH_FEEDBACK", detail: mark ?? "" } };
          }
          const reading = attackReading(evaluator, input, sets.unseen.length);
          return { ...about, ...(mark === undefined ? {} : { mark }), reading };
        }),
      );
    },
  };
}

/** The readings that {@link heldOutAttacksStage} kept. */
export function decodeAttacks(bytes: Uint8Array): AttackReading[] {
  return decodeJson<AttackReading[]>(bytes);
}

/** What an evaluator has in common with the feedback of the row. */
function shares(
  evaluator: Evaluator,
  {
    manifest,
    data,
    used: { sets, members, seeds },
    oracles,
  }: {
    readonly manifest: FeedbackManifest | undefined;
    readonly data: string;
    readonly used: {
      readonly sets: AuditSets;
      readonly members: IndexSet;
      readonly seeds: readonly string[];
    };
    readonly oracles: readonly string[];
  },
): { readonly independent: boolean; readonly mark?: string | undefined } {
  if (manifest === undefined) return { independent: true };
  const reads = (need: Evaluator["needs"][number]): boolean => evaluator.needs.includes(need);
  const comparesWithOracles = reads("shadows") || reads("features");
  const made = evaluatorManifest(evaluator, {
    data,
    fittingSamples: [
      ...(reads("fit") ? [...members, ...sets.fitNonMembers] : []),
      ...(reads("population") ? sets.population : []),
      ...(reads("calibration") ? sets.calibration : []),
    ],
    seeds: comparesWithOracles ? seeds : seeds.slice(0, 1),
    shadowModels: comparesWithOracles ? oracles : [],
  });
  return firewall({ feedback: manifest, evaluator: made }, { allowShared: true });
}
