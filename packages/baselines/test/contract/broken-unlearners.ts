import { add, dispose, keep, mul, scalar, type Tensor } from "@tensorflow/tfjs-core";

import {
  cloneParams,
  createRng,
  isLtuError,
  mapParams,
  type BatchSource,
  type IndexSet,
  type Unlearner,
  type UnlearnRequest,
  type UnlearnResult,
} from "@ltu/core";
import { fit, predict, type Recipe } from "@ltu/train";

import { finetune, randomLabels } from "../../src/index.ts";

/** A sound method to break. */
export const sound = (): Unlearner => randomLabels({ epochs: 2, batchSize: 5 });

/** The tensors that the broken methods lost, to be released by the test. */
export const lost: Tensor[] = [];
const lose = (): void => void lost.push(keep(scalar(1)));

type Break = (
  request: UnlearnRequest,
  run: (changed?: Partial<UnlearnRequest>) => Promise<UnlearnResult>,
) => Promise<UnlearnResult>;

/** The sound method with a fault around it. */
const around =
  (fault: Break, change: Partial<Unlearner> = {}): (() => Unlearner) =>
  () => {
    const inner = sound();
    return {
      ...inner,
      ...change,
      unlearn: (request) => fault(request, (changed) => inner.unlearn({ ...request, ...changed })),
    };
  };

const withWeights = async (
  run: () => Promise<UnlearnResult>,
  change: (tensor: Tensor) => Tensor,
): Promise<UnlearnResult> => {
  const result = await run();
  const params = mapParams(result.weights.params, change);
  dispose(Object.values(result.weights.params));
  return { ...result, weights: { params, stats: result.weights.stats } };
};

const recipe: Recipe = {
  epochs: 2,
  batchSize: 10,
  schedule: { name: "constant", lr: 0.05 },
  weightDecay: 0,
  augment: true,
};

/** Training on some set without any look at the request: what a method is that calls `fit` and nothing else. */
const fitted = (setOf: (request: UnlearnRequest) => IndexSet): Unlearner => ({
  ...sound(),
  unlearn: async (request) => {
    const work = { weights: request.original, data: setOf(request), recipe, task: "fit" };
    return { ...(await fit({ ...request, ...work })), model: request.model };
  },
});
const unchecked = (): Unlearner =>
  fitted(({ forgetSet, retainSet }) => Int32Array.from([...forgetSet, ...(retainSet ?? [])]));

const disguised = (batches: BatchSource, classes: number): BatchSource =>
  Object.assign((...request: Parameters<BatchSource>) => batches(...request), {
    imageShape: batches.imageShape,
    classes,
  });

let turns = 0;

/** A fault, the method that has it, and the check that must find it. */
export const broken: readonly (readonly [fault: string, make: () => Unlearner, check: string])[] = [
  ["goes by another name", () => ({ ...sound(), name: "rl" }), "has its name"],
  ["has options that are no JSON", () => ({ ...sound(), options: { draw: () => 1 } }), "has its name"],
  [
    "changes from run to run",
    around((_, run) => withWeights(run, (tensor) => add(tensor, ++turns * 1e-3))),
    "gives the same numbers",
  ],
  ["draws from a stream of its own", around((_, run) => run({ rng: createRng(1) })), "depends on its stream"],
  [
    "returns numbers that are not finite",
    around((_, run) => withWeights(run, (tensor) => mul(tensor, Number.NaN))),
    "gives finite weights",
  ],
  [
    "promises that the loss on the forget set rises, and trains on it",
    () => ({ ...fitted(({ forgetSet }) => forgetSet), expects: "forgetLossRises" }),
    "does to the forget set",
  ],
  [
    "promises to change nothing, and trains",
    () => ({ ...sound(), expects: "unchanged" }),
    "does to the forget set",
  ],
  [
    "leaves its preparation out of the ledger",
    around(async ({ model, original, batches, forgetSet }, run) => {
      await predict(model, original, batches, forgetSet);
      return run();
    }),
    "counts every image",
  ],
  [
    "reports fewer images back than there were",
    around(async (_, run) => {
      const { cost, ...rest } = await run();
      return { ...rest, cost: { ...cost, imagesBackward: cost.imagesBackward - 1 } };
    }),
    "counts every image",
  ],
  [
    "says nothing of its progress",
    around((_, run) => run({ onProgress: undefined })),
    "tells of its progress",
  ],
  [
    "tells each step as the first",
    around(({ onProgress }, run) => run({ onProgress: (event) => onProgress?.({ ...event, step: 1 }) })),
    "tells of its progress",
  ],
  [
    "writes into the forget set",
    around(async ({ forgetSet }, run) => {
      const result = await run();
      forgetSet.reverse();
      return result;
    }),
    "leaves the original weights",
  ],
  [
    "changes the original weights when the data fail",
    around(async ({ original }, run) => {
      const numbers = await (original.params["fc.bias"] as Tensor).data();
      const before = numbers[0] as number;
      numbers[0] = 7;
      const result = await run();
      numbers[0] = before;
      return result;
    }),
    "leaves the original weights",
  ],
  [
    "returns the original's own tensors",
    around(async ({ original: { params } }, run) => {
      const result = await run();
      const { "fc.bias": own, ...others } = result.weights.params;
      own?.dispose();
      return {
        ...result,
        weights: { ...result.weights, params: { ...others, "fc.bias": params["fc.bias"] as Tensor } },
      };
    }),
    "gives the same numbers",
  ],
  [
    "loses a tensor",
    around((_, run) => {
      lose();
      return run();
    }),
    "leaves no tensor behind but",
  ],
  [
    "loses a tensor when the data fail",
    around((_, run) =>
      run().catch((error: unknown) => {
        lose();
        throw error;
      }),
    ),
    "passes on an error",
  ],
  [
    "takes failing data for the end of its work",
    around(({ original, model }, run) =>
      run().catch(() => ({
        model,
        weights: { params: cloneParams(original.params), stats: cloneParams(original.stats) },
        cost: { imagesForward: 0, imagesBackward: 0, steps: 0, wallMs: 0 },
        history: {},
      })),
    ),
    "passes on an error",
  ],
  [
    "reads the retained data without a word",
    () => ({ ...sound(), needs: { ...sound().needs, retain: "none" } }),
    "reads of each set",
  ],
  [
    "declares more than it reads",
    () => ({
      ...finetune({ epochs: 2, batchSize: 5 }),
      needs: { forget: true, retain: "full", val: false, attackData: false },
    }),
    "reads of each set",
  ],
  [
    "reads what it was not meant to have",
    around(async ({ batches, valSet }, run) => {
      if (valSet !== undefined) batches(valSet).images.dispose();
      return run();
    }),
    "reads of each set",
  ],
  [
    "reads past its sets when they are small",
    around(async ({ batches, forgetSet }, run) => {
      const asMany: IndexSet = Int32Array.from({ length: 10 }, (_, i) => forgetSet[i] ?? i);
      batches(asMany).images.dispose();
      return run();
    }),
    "keeps to its sets",
  ],
  ["trains on without its retained data", unchecked, "names missing data"],
  ["trains on samples that are to be forgotten and retained", unchecked, "refuses a sample that is both"],
  ["trains when there is nothing to forget", unchecked, "is the identity, or refuses"],
  [
    "does not compare model and data",
    around(({ batches, model }, run) => run({ batches: disguised(batches, model.classes) })),
    "refuses a model that does not fit",
  ],
  ["trains on from broken weights", unchecked, "refuses original weights"],
  ["trains on labels that do not exist", unchecked, "refuses a label"],
  [
    "reads a batch before it asks whether to stop",
    around(async ({ batches, forgetSet }, run) => {
      batches(forgetSet).images.dispose();
      return run();
    }),
    "does not begin",
  ],
  ["does not hear that it is to stop", around((_, run) => run({ signal: undefined })), "stops within a step"],
  [
    "loses a tensor when it is stopped",
    around((_, run) =>
      run().catch((error: unknown) => {
        lose();
        throw error;
      }),
    ),
    "stops within a step",
  ],
  [
    "begins again where it should go on",
    around((_, run) => run({ checkpoint: undefined })),
    "goes on from its checkpoint",
  ],
  [
    "goes on to other numbers",
    around(async ({ checkpoint }, run) => {
      const isResumed = (await checkpoint?.load()) !== undefined;
      return withWeights(run, (tensor) => mul(tensor, isResumed ? 1 + 1e-6 : 1));
    }),
    "goes on from its checkpoint",
  ],
  [
    "forgets its history when it goes on",
    around(async ({ checkpoint }, run) => {
      const isResumed = (await checkpoint?.load()) !== undefined;
      const result = await run();
      return isResumed ? { ...result, history: {} } : result;
    }),
    "gives its result again",
  ],
  [
    "takes a damaged checkpoint for none",
    around((_, run) =>
      run().catch((error: unknown) => {
        if (!isLtuError(error) || error.code === "ABORTED") throw error;
        return run({ checkpoint: undefined });
      }),
    ),
    "refuses a damaged checkpoint",
  ],
];
