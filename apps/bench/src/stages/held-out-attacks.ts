import { disposeParams, type IndexSet } from "@ltu/core";
import { attackStrength, isMissing, logLogPoints, type RocCurve } from "@ltu/metrics";
import {
  auditInput,
  evaluatorManifest,
  feedbackManifest,
  firewall,
  gradientNorms,
  hasScores,
  queryViews,
  type AuditInput,
  type AuditSamples,
  type Evaluator,
  type FeedbackManifest,
  type QueryView,
  type ShadowModel,
} from "@ltu/mia/evaluators";
import type { AttackReading, AttackStrengthReading } from "@ltu/report";
import type { Json, Stage } from "@ltu/runner";

import { auditShares, cutAuditSets, drawFitMembers, type AuditSets } from "../audit-sets.ts";
import { composeEvaluators } from "../compose-evaluators.ts";
import type { RunContext } from "../run-context.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";
import { decodeAccessibleRetain, decodeSplits, type PreparedSplits } from "./prepare.ts";
import { decodeOutputs, describedAs, type ModelOutputs } from "./read-outputs.ts";
import { decodeModel } from "./weights-artefact.ts";

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
      const input = inputOf(context, { own, references, sets, members, splits, asked, key: request.key });
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
          const reading = strengthOf(evaluator, input, sets.unseen.length);
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

/** What is known of single samples because the model itself was asked again. */
interface Asked {
  readonly indexes?: IndexSet;
  readonly views?: readonly QueryView[];
  readonly norms?: Float64Array;
}

/** Asks the model about copies of the scored images, and for gradients, where an evaluator needs that. */
async function askModel(
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

interface InputParts {
  readonly own: ModelOutputs;
  readonly references: readonly { readonly key: string; readonly outputs: ModelOutputs }[];
  readonly sets: AuditSets;
  readonly members: IndexSet;
  readonly splits: PreparedSplits;
  readonly asked: Asked;
  readonly key: string;
}

function inputOf(
  { experiment }: RunContext,
  { own, references, sets, members, splits, asked, key }: InputParts,
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
  const recipe = JSON.stringify({ model: experiment.model, training: experiment.training });
  const transform = "evaluation";
  return auditInput({
    score: {
      ...samples(scored),
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
function pick({ forget, retain, test }: ModelOutputs, indexes: IndexSet): AuditSamples {
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

/** Points of an ROC curve that are kept. */
const rocPoints = 60;

/** What the attack comes to; a reason where it gives no scores. The scored rows are first the forget set, then the rest. */
function strengthOf(evaluator: Evaluator, input: AuditInput, unseen: number): AttackReading["reading"] {
  const forgotten = input.score.samples.labels.length - unseen;
  try {
    const result = evaluator.evaluate(input);
    if (!hasScores(result)) return { reason: result.reason, detail: result.detail };
    const side = (isForgotten: boolean): Float64Array =>
      result.scores.filter((_, k) => (result.rows[k] as number) < forgotten === isForgotten);
    const [members, nonMembers] = [side(true), side(false)];
    if (members.length === 0 || nonMembers.length === 0) {
      const [reason = "TOO_FEW_SAMPLES"] = result.leftOut.map((left) => left.reason);
      return { reason, detail: `${result.leftOut.length} of ${forgotten + unseen} samples have no score` };
    }
    return readingOf(members, nonMembers, {
      leftOut: result.leftOut.length,
      about: JSON.parse(JSON.stringify(result.about)) as AttackStrengthReading["about"],
    });
  } catch (error) {
    return { reason: "FAILED", detail: (error as Error).message };
  }
}

function readingOf(
  members: Float64Array,
  nonMembers: Float64Array,
  { leftOut, about }: { readonly leftOut: number; readonly about: AttackStrengthReading["about"] },
): AttackStrengthReading {
  const strength = attackStrength(members, nonMembers);
  const points = (curve: RocCurve): AttackStrengthReading["roc"] =>
    logLogPoints(curve, { points: rocPoints });
  const rates = (found: typeof strength.tpr): AttackStrengthReading["tpr"] =>
    found.map((rate) =>
      isMissing(rate) ? rate : { fpr: rate.fpr, estimate: rate.estimate, low: rate.low, high: rate.high },
    );
  const { aucInterval: interval } = strength;
  return {
    auc: strength.auc,
    aucInterval: isMissing(interval) ? interval : { low: interval.low, high: interval.high },
    balancedAccuracy: strength.balancedAccuracy.value,
    tpr: rates(strength.tpr),
    turnedTpr: rates(strength.turnedTpr),
    smallestFpr: strength.smallestFpr,
    roc: points(strength.roc),
    samples: { forget: members.length, unseen: nonMembers.length, leftOut },
    about,
  };
}
