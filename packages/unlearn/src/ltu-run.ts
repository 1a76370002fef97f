import {
  cloneParams,
  disposeParams,
  isLtuError,
  LtuError,
  type BatchSource,
  type FeedbackAttack,
  type IndexSet,
  type ModelWeights,
  type Params,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import type { SamplerStatistics } from "@ltu/samplers";
import {
  checkedBatches,
  checkFiniteWeights,
  checkModelAndData,
  createTurn,
  loadCheckpoint,
  sgd,
} from "@ltu/train";

import { decideBySets } from "./decide-by-sets.ts";
import type { LtuMethod } from "./ltu-config.ts";
import type { LtuContext } from "./ltu-context.ts";
import { emptyHistory, type LtuHistory } from "./ltu-history.ts";
import { matchNonMembers, type SetLabels } from "./match-non-members.ts";
import { querySetSize, readLabels } from "./query-sets.ts";
import { planRun, type RunPlan } from "./run-plan.ts";

/** A run in progress: what it was asked, where it stands, and the tensors it owns. */
export interface LtuRun {
  readonly method: LtuMethod;
  readonly request: UnlearnRequest;
  /** When this process began it, in milliseconds. */
  readonly started: number;
  readonly accessibleRetain: IndexSet;
  readonly plan: RunPlan;
  /** Samples in each query set. */
  readonly querySize: number;
  /** The attacks as they were given, or made anew since. */
  attacks: readonly FeedbackAttack[];
  /** Given where the attacks are matched to them. */
  readonly setLabels: SetLabels | undefined;
  /** What stays the same during an epoch. */
  context: LtuContext;
  /** What the samplers know. */
  statistics: SamplerStatistics;
  /** Epochs done. */
  epoch: number;
  /** Whether the run has ended before its last step. */
  isStopped: boolean;
  readonly history: LtuHistory;
  weights: ModelWeights;
  velocity: Params;
  /** Lets others have their turn, and stops the run on request. */
  readonly turn: () => Promise<void>;
}

/** What a checkpoint holds beside the tensors. */
export interface Cursor extends Pick<LtuRun, "epoch" | "isStopped" | "history"> {
  readonly ledger: LtuContext["ledger"];
}

/**
 * Checks a request and begins it, or goes on from its checkpoint.
 *
 * @throws LtuError `DATA` for sets that are missing or overlap, weights that are not finite, or a checkpoint of another run,
 * `SHAPE` where model and data differ, `OPTION` where options leave no random label, or attacks lack what they ask.
 */
export async function startRun(method: LtuMethod, request: UnlearnRequest): Promise<LtuRun> {
  const started = performance.now();
  const { name, attacks } = method;
  const { model, original, forgetSet, signal, checkpoint } = request;
  const accessibleRetain = request.accessibleRetain ?? new Int32Array(0);
  const batches = checkedBatches(name, request.batches);
  const turn = createTurn(name, { signal });
  checkModelAndData(name, model, batches);
  if (forgetSet.length === 0) {
    throw new LtuError(
      "DATA",
      `${name}: expected a forget set, found none; name at least one sample to forget.`,
    );
  }
  if (method.needs.val && (request.valSet?.length ?? 0) === 0) {
    throw new LtuError(
      "DATA",
      `${name}: expected a validation set to refresh the attacks on, found none; give one or set miRefreshEpochs to 0.`,
    );
  }
  const toForget = new Set(forgetSet);
  const both = accessibleRetain.find((index) => toForget.has(index));
  if (both !== undefined) {
    throw new LtuError(
      "DATA",
      `${name}: expected disjoint sets to forget and to retain, found sample ${both} in both; cut both from one split.`,
    );
  }
  const { samplers: names, queryBatch } = method.options;
  const querySize = querySetSize(accessibleRetain.length, { queryBatch, names });
  const plan = planRun(method.options, request);
  await checkFiniteWeights(name, original);
  await turn();
  const labels = readLabels(batches, accessibleRetain);
  const retain = accessibleRetain.map((index) => labels[index] as number);
  const bothLabels = { forget: labelsOf(batches, forgetSet), retain };
  const options = decideBySets(method.options, { ...bothLabels, attacks });
  const setLabels = options.matchClasses ? bothLabels : undefined;
  const all = Array.from({ length: model.classes }, (_, label) => label);
  const classChoices = setLabels === undefined ? all : all.filter((label) => retain.includes(label));
  if (options.excludeTrueLabel && classChoices.length < 2) {
    throw new LtuError(
      "OPTION",
      `${name}: with matchClasses and excludeTrueLabel random labels need at least 2 classes in the accessible retain set, found ${classChoices.length}; set one of them to false.`,
    );
  }
  const resumed = await loadCheckpoint<Cursor>(checkpoint, { fingerprint: fingerprintOf(method, request) });
  const cursor = resumed?.cursor ?? {
    epoch: 0,
    isStopped: false,
    history: emptyHistory(),
    ledger: { imagesForward: 0, imagesBackward: 0 },
  };
  const weights = resumed?.weights ?? {
    params: cloneParams(original.params),
    stats: cloneParams(original.stats),
  };
  const { ledger, ...position } = cursor;
  return {
    method,
    request,
    started,
    accessibleRetain,
    plan,
    querySize,
    attacks,
    setLabels,
    context: {
      model,
      original,
      batches,
      attacks: matched(attacks, setLabels),
      options,
      classChoices,
      ledger,
    },
    statistics: { labels },
    ...position,
    weights,
    velocity: resumed?.velocity ?? sgd.init(weights.params),
    turn,
  };
}

/** The attacks as a run uses them. */
export function matched(
  attacks: readonly FeedbackAttack[],
  labels: SetLabels | undefined,
): readonly FeedbackAttack[] {
  return labels === undefined ? attacks : attacks.map((attack) => matchNonMembers(attack, labels));
}

function labelsOf(batches: BatchSource, set: IndexSet): Int32Array {
  const labels = readLabels(batches, set);
  return set.map((index) => labels[index] as number);
}

/** Takes over new weights and optimizer state, and releases the old ones. */
export function moveTo(run: LtuRun, weights: ModelWeights, velocity: Params): void {
  releaseRun(run);
  run.weights = weights;
  run.velocity = velocity;
}

/** The result of a run that has ended; the weights pass to the caller. */
export function resultOf({ request, weights, velocity, history, context, started }: LtuRun): UnlearnResult {
  disposeParams(velocity);
  const cost = { ...context.ledger, steps: history.tuneLoss.length, wallMs: performance.now() - started };
  return { weights, model: request.model, history, cost };
}

/** Disposes the tensors of a run. */
export function releaseRun({ weights, velocity }: LtuRun): void {
  [weights.params, weights.stats, velocity].forEach(disposeParams);
}

/** Names the step at which a loss or a gradient stopped being finite. */
export function atStep(error: unknown, { method, plan }: LtuRun, step: number): unknown {
  if (!isLtuError(error) || error.code !== "DIVERGED") return error;
  return new LtuError(
    "DIVERGED",
    `${method.name}: diverged at step ${step + 1} of ${plan.steps}: ${error.message}`,
    { cause: error },
  );
}

/** What tells this run from others. */
export function fingerprintOf({ name, options, attacks }: LtuMethod, request: UnlearnRequest): object {
  const { model, rng, forgetSet, accessibleRetain, valSet } = request;
  return {
    task: name,
    model: model.name,
    classes: model.classes,
    rng: rng.key,
    options,
    attacks: attacks.map((attack) => [attack.name, attack.heldOutAuc, attack.nonMember.mean]),
    sets: [forgetSet.length, accessibleRetain?.length ?? 0, valSet?.length ?? 0],
  };
}
