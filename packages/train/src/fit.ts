import { dispose, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

import {
  cloneParams,
  disposeParams,
  LtuError,
  type BatchSource,
  type CheckpointPort,
  type Cost,
  type ForwardMode,
  type IndexSet,
  type Model,
  type ModelWeights,
  type OnProgress,
  type Params,
  type Rng,
} from "@ltu/core";

import { encodeCheckpoint, loadCheckpoint } from "./checkpoint.ts";
import { digestOf, plainEpochs, stepsOf, stepsThrough, type EpochPlan } from "./epoch-plan.ts";
import type { Objective, StepPlace } from "./losses.ts";
import { checkModelAndData } from "./model-and-data.ts";
import type { Optimizer } from "./optimizer.ts";
import { checkRecipe, type Recipe } from "./recipe.ts";
import { createSchedule } from "./schedules.ts";
import { sgd } from "./sgd.ts";
import { trainStep, type StepBatch } from "./train-step.ts";
import { createTurn } from "./turn.ts";

/** What a batch is given before its step. */
export interface Prepared {
  /** The labels to train on, in place of the planned ones. */
  readonly labels?: Int32Array | undefined;
  /** Whatever the objective compares with, such as a teacher's logits; `fit` disposes it after the step. */
  readonly target?: Tensor | undefined;
  /** Named numbers of the step: each becomes a series of the history, one entry for each call that names it. */
  readonly values?: Readonly<Record<string, number>> | undefined;
}

/** A training run; everything in it is borrowed. */
export interface FitRequest {
  readonly model: Model;
  /** Where training starts. */
  readonly weights: ModelWeights;
  readonly batches: BatchSource;
  /** What to train on: an index set, or a plan of phases for each epoch. */
  readonly data: IndexSet | EpochPlan;
  readonly recipe: Recipe;
  readonly rng: Rng;
  /** What to minimise; default cross-entropy. */
  readonly objective?: Objective | undefined;
  /** How a gradient moves the parameters; default SGD. */
  readonly optimizer?: Optimizer | undefined;
  /** How batch norm behaves in the forward passes of a step; default `"train"`. */
  readonly mode?: ForwardMode | undefined;
  /**
   * Runs before each step for each of its batches, outside the gradient. The weights are the current ones, borrowed.
   */
  readonly prepare?:
    | ((
        batch: StepBatch,
        at: { readonly place: StepPlace; readonly weights: ModelWeights },
      ) => Promise<Prepared>)
    | undefined;
  /** Plain JSON that the run depends on beside the recipe: a checkpoint of other settings is refused. */
  readonly settings?: object | undefined;
  /**
   * Runs after every epoch, none left out; each of its numbers becomes a series of the history, which has one
   * entry for each epoch. The weights are borrowed.
   */
  readonly evaluate?:
    ((weights: ModelWeights, epoch: number) => Promise<Readonly<Record<string, number>>>) | undefined;
  /** The name of the work in progress events and messages; default `"train"`. */
  readonly task?: string | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly checkpoint?: CheckpointPort | undefined;
}

/** A finished training run. */
export interface FitResult {
  /** The caller disposes them. */
  readonly weights: ModelWeights;
  /** `loss`: one number a step; each series of `evaluate` one an epoch, of `prepare` one a batch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  readonly cost: Cost;
}

/** The part of a checkpoint that is plain JSON. */
interface Cursor {
  readonly epoch: number;
  readonly history: Record<string, number[]>;
  readonly images: number;
}

/**
 * Trains a model by SGD: `recipe.epochs` passes, each sample of a phase once a pass in an order of that epoch's
 * own stream, the last partial batch kept, the last epoch's weights returned.
 *
 * All randomness of epoch e comes from `rng.split("epoch/<e>")`, so with a `checkpoint` port a run that was stopped
 * goes on from its last finished epoch and ends with the very weights of an uninterrupted run. Progress is told for
 * each step; the loss is read one step late, so that reading does not hold up a device that works ahead.
 *
 * @returns Weights (the caller disposes them), history and cost. An evaluation's forward passes are not counted.
 * @throws LtuError `DIVERGED` naming the step whose loss is not finite, `ABORTED` when the signal asks for it,
 *   `SHAPE` when model and data differ, `OPTION` for a recipe out of range, `DATA` when there is nothing to train on or the checkpoint is another run's.
 *
 * @example
 * ```ts
 * import { createRng, disposeParams } from "@ltu/core";
 * import { mlp } from "@ltu/models";
 * import { fit } from "@ltu/train";
 * import { tensor4d } from "@tensorflow/tfjs-core";
 *
 * // Two classes: dark and light one-pixel images.
 * const labels = Int32Array.from({ length: 40 }, (_, i) => i % 2);
 * const batches = Object.assign(
 *   (indexes) => ({
 *     images: tensor4d(Float32Array.from(indexes, (i) => labels[i]), [indexes.length, 1, 1, 1]),
 *     labels: indexes.map((i) => labels[i]),
 *     indexes,
 *   }),
 *   { imageShape: [1, 1, 1], classes: 2 },
 * );
 * const model = mlp({ inputShape: [1, 1, 1], classes: 2, hidden: [] });
 * const rng = createRng(1);
 * const start = model.init(rng.split("init"));
 * const { weights, history, cost } = await fit({
 *   model,
 *   weights: start,
 *   batches,
 *   data: Int32Array.from({ length: 40 }, (_, i) => i),
 *   recipe: {
 *     epochs: 5,
 *     batchSize: 16,
 *     schedule: { name: "constant", lr: 0.5 },
 *     weightDecay: 0,
 *     augment: false,
 *   },
 *   rng: rng.split("fit"),
 * });
 * console.log(cost.steps); // → 15
 * console.log(history.loss.at(-1) < history.loss[0]); // → true
 * for (const { params, stats } of [start, weights]) [params, stats].forEach(disposeParams);
 * ```
 */
export async function fit(request: FitRequest): Promise<FitResult> {
  const {
    model,
    batches,
    data,
    recipe,
    rng,
    objective,
    optimizer = sgd,
    mode,
    prepare,
    settings,
    evaluate,
    task = "train",
    onProgress,
    signal,
  } = request;
  const { epochs, batchSize, weightDecay, augment } = recipe;
  const started = performance.now();
  checkRecipe(task, recipe);
  checkModelAndData(task, model, batches);
  const schedule = createSchedule(recipe.schedule);
  const plan = typeof data === "function" ? data : plainEpochs(data);
  const streamOfEpoch = (epoch: number): Rng => rng.split(`epoch/${epoch}`);
  const phasesOf = (epoch: number): ReturnType<EpochPlan> => plan(epoch, streamOfEpoch(epoch).split("plan"));
  const stepsByEpoch = Array.from({ length: epochs }, (_, epoch) => stepsOf(phasesOf(epoch), batchSize));
  const stepsBefore = (epoch: number): number => stepsByEpoch.slice(0, epoch).reduce((a, b) => a + b, 0);
  const steps = stepsBefore(epochs);
  if (stepsByEpoch.includes(0)) {
    throw new LtuError(
      "DATA",
      `${task}: expected samples to train on, found none; give a set that is not empty.`,
    );
  }
  const turn = createTurn(task, { signal });

  const fingerprint = {
    task,
    model: model.name,
    classes: model.classes,
    rng: rng.key,
    recipe,
    data: digestOf(phasesOf(0)),
    optimizer: optimizer.name,
    ...(mode === undefined ? {} : { mode }),
    ...(settings === undefined ? {} : { settings }),
  };
  const resumed = await loadCheckpoint<Cursor>(request.checkpoint, { fingerprint });
  let weights = resumed?.weights ?? copyOf(request.weights);
  let velocity = resumed?.velocity ?? optimizer.init(weights.params);
  let images = resumed?.cursor.images ?? 0;
  const history: Record<string, number[]> = resumed?.cursor.history ?? { loss: [] };
  const losses = history["loss"] as number[];
  let pending: Scalar | undefined;

  const seriesOf = (name: string): number[] => {
    if (name !== "loss") return (history[name] ??= []);
    throw new LtuError(
      "OPTION",
      `${task}: expected evaluate and prepare to name their numbers, found "loss", which is the training loss; rename it.`,
    );
  };
  /** Reads the loss of the step before, which has had a step's time to be computed; `next` waits in its place. */
  const settle = async (epoch: number, next?: Scalar): Promise<void> => {
    const reading = pending;
    pending = next;
    if (reading === undefined) return;
    const [loss] = await reading.data().finally(() => reading.dispose());
    losses.push(loss as number);
    if (!Number.isFinite(loss)) {
      throw new LtuError(
        "DIVERGED",
        `${task}: the loss must stay finite, found ${loss} at step ${losses.length} of ${steps} (epoch ${epoch + 1}); lower the learning rate.`,
      );
    }
    const values = { loss: loss as number };
    onProgress?.({ task, step: losses.length, steps, epoch: epoch + 1, epochs, values });
  };

  try {
    for (let epoch = resumed?.cursor.epoch ?? 0; epoch < epochs; epoch++) {
      const epochRng = streamOfEpoch(epoch);
      let step = stepsBefore(epoch);
      for (const planned of stepsThrough(phasesOf(epoch), { batchSize, rng: epochRng })) {
        await turn();
        const stepInEpoch = step - stepsBefore(epoch);
        const place: StepPlace = { step, steps, epoch, epochs, stepInEpoch, phase: planned.phase };
        const given: StepBatch[] = [];
        try {
          for (const { indexes, sets, key, labelsOf } of planned.batches) {
            const batch = batches(indexes, augment ? { augment: epochRng.split(`augment/${key}`) } : {});
            const base: StepBatch = { images: batch.images, labels: labelsOf(batch.labels), indexes, sets };
            given.push(base);
            if (prepare === undefined) continue;
            const { labels = base.labels, target, values = {} } = await prepare(base, { place, weights });
            given[given.length - 1] = { ...base, labels, target };
            for (const [name, value] of Object.entries(values)) seriesOf(name).push(value);
          }
          const next = trainStep(
            { model, weights, velocity, batches: given as [StepBatch, ...StepBatch[]] },
            { ...schedule(step, steps), weightDecay, objective, optimizer, mode, place },
          );
          release(weights, velocity);
          ({ weights, velocity } = next);
          await settle(epoch, next.loss);
        } finally {
          for (const { images: used, target } of given)
            dispose(target === undefined ? [used] : [used, target]);
        }
        images += given.reduce((count, { labels }) => count + labels.length, 0);
        step += 1;
      }
      await settle(epoch);
      for (const [name, value] of Object.entries((await evaluate?.(weights, epoch)) ?? {})) {
        seriesOf(name).push(value);
      }
      const cursor: Cursor = { epoch: epoch + 1, history, images };
      await request.checkpoint?.save(await encodeCheckpoint({ weights, velocity, cursor }, { fingerprint }));
    }
  } catch (error) {
    release(weights, velocity);
    pending?.dispose();
    throw error;
  }
  disposeParams(velocity);
  const cost = { imagesForward: images, imagesBackward: images, steps, wallMs: performance.now() - started };
  return { weights, history, cost };
}

function copyOf({ params, stats }: ModelWeights): ModelWeights {
  return { params: cloneParams(params), stats: cloneParams(stats) };
}

function release({ params, stats }: ModelWeights, velocity: Params): void {
  [params, stats, velocity].forEach(disposeParams);
}
