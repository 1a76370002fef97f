import { memory, tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";

import {
  createRng,
  type BatchSource,
  type IndexSet,
  type ModelWeights,
  type ProgressEvent,
  type Unlearner,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import { crossEntropy, predict } from "@ltu/train";

import {
  numbersOf,
  releaseWeights,
  weightsOf,
  type ContractGround,
  type ContractSets,
  type WeightNumbers,
} from "./contract-ground.ts";
import { countingModel, type PassCounts } from "./contract-model.ts";

/** What may differ from the suite's plain request. */
export interface RunChanges {
  /** In place of the suite's sets; `undefined` leaves one out. */
  readonly sets?: Partial<Record<keyof ContractSets, IndexSet | undefined>>;
  /** Samples that may be read; default: those of the sets that the method declares to need. */
  readonly readable?: IndexSet;
  readonly original?: WeightNumbers;
  readonly classes?: number;
  /** The label of this sample lies outside the classes. */
  readonly wronglyLabelled?: number;
  readonly seed?: number;
  /** Called before each batch with how many there were. */
  readonly onBatch?: (batches: number) => void;
  readonly signal?: AbortSignal;
  readonly checkpoint?: UnlearnRequest["checkpoint"];
}

/** What a method returned, as plain data. */
export interface Outcome extends Omit<UnlearnResult, "weights" | "model"> {
  readonly numbers: WeightNumbers;
  /** Mean cross-entropy on the forget set, in eval mode; 0 for an empty one. */
  readonly forgetLoss: number;
}

/** What the suite saw of one run. */
export interface Run {
  /** What was returned; `undefined` when the run failed. */
  readonly outcome: Outcome | undefined;
  /** What it failed with. */
  readonly error: unknown;
  /** Batches it asked for, and the samples in them. */
  readonly batches: number;
  readonly samples: ReadonlySet<number>;
  readonly passes: Readonly<PassCounts>;
  readonly events: readonly ProgressEvent[];
  /** Tensors that are there and were not before, once the result is released. */
  readonly tensorsLeft: number;
  /** The original weights and the sets after the run. */
  readonly originalAfter: WeightNumbers;
  readonly setsAfter: Readonly<Partial<Record<keyof ContractSets, IndexSet | undefined>>>;
}

/** The sets a method declares to need. */
export function neededSets({ needs }: Unlearner): (keyof ContractSets)[] {
  return [
    ...(needs.forget ? (["forgetSet"] as const) : []),
    ...(needs.retain === "full" ? (["retainSet"] as const) : []),
    ...(needs.retain === "rho" ? (["accessibleRetain"] as const) : []),
    ...(needs.val ? (["valSet"] as const) : []),
  ];
}

/**
 * Runs a method on the suite's ground, given exactly what it needs, and watches. Never throws what the method throws;
 * releases everything but what the method itself lost.
 */
export async function runUnlearner(
  unlearner: Unlearner,
  ground: ContractGround,
  changes: RunChanges = {},
): Promise<Run> {
  const before = memory().numTensors;
  const needed = neededSets(unlearner);
  const given: Partial<Record<keyof ContractSets, IndexSet | undefined>> = {
    forgetSet: ground.sets.forgetSet.slice(),
    ...Object.fromEntries(needed.map((name) => [name, ground.sets[name].slice()])),
    ...changes.sets,
  };
  const readable = changes.readable ?? joined(needed.map((name) => given[name] ?? new Int32Array(0)));
  const watch = { batches: 0, samples: new Set<number>() };
  const passes: PassCounts = { forward: 0, backward: 0 };
  const events: ProgressEvent[] = [];
  const original = weightsOf(changes.original ?? ground.original);
  const { model } = ground;
  const asked = changes.classes === undefined ? model : model.withClasses(changes.classes);
  const request: UnlearnRequest = Object.freeze({
    ...(given as typeof given & Pick<ContractSets, "forgetSet">),
    model: countingModel(asked, passes),
    original,
    batches: watched(ground.batches, { ...changes, readable, watch }),
    rng: createRng(changes.seed ?? 3),
    onProgress: (event: ProgressEvent) => void events.push(event),
    signal: changes.signal,
    checkpoint: changes.checkpoint,
  });
  let result: UnlearnResult | undefined;
  let error: unknown;
  try {
    result = await unlearner.unlearn(request);
  } catch (thrown) {
    error = thrown;
  }
  // What happened until here is the method's; what follows is the suite's own reading.
  const seen = { ...watch, passes: { ...passes }, events: [...events] };
  const originalAfter = await numbersOf(original);
  // The result must not live on the original's tensors.
  releaseWeights(original);
  let outcome: Outcome | undefined;
  try {
    outcome = result && (await outcomeOf(result, ground, given.forgetSet as IndexSet));
  } catch (cause) {
    error = new Error("its result cannot be read once the original weights are released", { cause });
  }
  if (result !== undefined) releaseWeights(result.weights);
  const tensorsLeft = memory().numTensors - before;
  return { outcome, error, ...seen, tensorsLeft, originalAfter, setsAfter: given };
}

/** Index sets one after the other. */
export function joined(sets: readonly IndexSet[]): IndexSet {
  return Int32Array.from(sets.flatMap((set) => [...set]));
}

function watched(
  source: BatchSource,
  {
    readable,
    watch,
    onBatch,
    wronglyLabelled,
  }: Pick<RunChanges, "onBatch" | "wronglyLabelled"> & {
    readonly readable: IndexSet;
    readonly watch: { batches: number; readonly samples: Set<number> };
  },
): BatchSource {
  const known = new Set(readable);
  const { imageShape, classes } = source;
  const guard: BatchSource = Object.assign(
    (...[indexes, options]: Parameters<BatchSource>) => {
      onBatch?.(watch.batches);
      watch.batches += 1;
      const stranger = indexes.find((index) => !known.has(index));
      if (stranger !== undefined)
        throw new Error(`read sample ${stranger}, which it does not declare to need`);
      indexes.forEach((index) => watch.samples.add(index));
      const batch = source(indexes, options);
      if (wronglyLabelled === undefined) return batch;
      return {
        ...batch,
        labels: batch.labels.map((label, i) => (indexes[i] === wronglyLabelled ? classes : label)),
      };
    },
    { imageShape, classes },
  );
  return guard;
}

async function outcomeOf(
  { weights, model, cost, history }: UnlearnResult,
  { batches }: ContractGround,
  forgetSet: IndexSet,
): Promise<Outcome> {
  const numbers = await numbersOf(weights);
  if (forgetSet.length === 0) return { numbers, cost, history, forgetLoss: 0 };
  return { numbers, cost, history, forgetLoss: await meanLoss({ weights, model }, batches, forgetSet) };
}

/** Mean cross-entropy of a model on a set, in eval mode. */
export async function meanLoss(
  { weights, model }: { readonly weights: ModelWeights; readonly model: UnlearnResult["model"] },
  batches: BatchSource,
  set: IndexSet,
): Promise<number> {
  // A method may have changed the number of classes; the labels of the data stay what they are.
  const source: BatchSource = Object.assign((...request: Parameters<BatchSource>) => batches(...request), {
    imageShape: batches.imageShape,
    classes: model.classes,
  });
  const { logits, labels, classes } = await predict(model, weights, source, set);
  const loss = tidy(() =>
    crossEntropy(tensor2d(logits, [labels.length, classes]), tensor1d(labels, "int32")),
  );
  try {
    return (await loss.data<"float32">())[0] as number;
  } finally {
    loss.dispose();
  }
}
