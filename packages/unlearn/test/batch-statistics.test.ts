import { concat, mean, slice, tensor1d, tidy, type Tensor2D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, softmaxCrossEntropy, type Params } from "@ltu/core";

import { standardScore } from "../src/attack-scores.ts";
import { decideBySets, type DecidedOptions } from "../src/decide-by-sets.ts";
import { forgetFeedback } from "../src/forget-feedback.ts";
import { ltu, optionSets, type LtuOptions } from "../src/index.ts";
import { randomLabels } from "../src/random-labels.ts";
import { rememberFeedback } from "../src/remember-feedback.ts";
import { alike, attacks, makeRequest, numbersOf, range, release } from "./setting.ts";

type Setting = ReturnType<typeof makeRequest>;

const queries = [range(0, 8), range(8, 16)];
const all = range(0, 16);

const settingOf = (request: Setting, changes: Partial<DecidedOptions>) => ({
  ...request,
  attacks,
  options: {
    ...decideBySets(optionSets.recommended, alike),
    innerLr: 0,
    supportGate: false,
    augment: false,
    ...changes,
  },
  classChoices: [0, 1, 2, 3],
  ledger: { imagesForward: 0, imagesBackward: 0 },
});

const flat = async (tree: Params): Promise<number[]> =>
  (await Promise.all(Object.values(tree).map((tensor) => tensor.data()))).flatMap((part) => [...part]);

/** Logits of some images in a batch with others, and the running statistics that the batch leaves. */
async function together(
  { model, original, batches }: Setting,
  images: Int32Array,
  others: Int32Array,
): Promise<{ logits: number[][]; stats: number[] }> {
  const [first, second] = [batches(images), batches(others)];
  const joined = concat([first.images, second.images]);
  const output = model.apply(original, joined, { mode: "train" });
  const logits = (await output.logits.array()).slice(0, images.length);
  const stats = await flat(output.stats ?? {});
  [first.images, second.images, joined, output.logits, output.features].forEach((tensor) =>
    tensor?.dispose(),
  );
  disposeParams(output.stats ?? {});
  return { logits, stats };
}

const crossEntropy = (logits: number[][], labels: ArrayLike<number>): number =>
  tidy(() => {
    const rows = logits.flat();
    const z = slice(tensor1d(rows), [0], [rows.length]).reshape([logits.length, 4]) as Tensor2D;
    return mean(softmaxCrossEntropy(z, tensor1d(Array.from(labels), "int32"))).dataSync()[0]!;
  });

describe("joint batch statistics", () => {
  it("are those of support and query images together, in both passes of remembering", async () => {
    const request = makeRequest({ architecture: "batch-norm-mlp" });
    const { original, batches, forgetSet: forget } = request;
    const setting = settingOf(request, { batchStatistics: "joint", anchorWeight: 0 });
    const feedback = await rememberFeedback(setting, original, {
      support: forget,
      queries,
      rng: request.rng,
    });
    const supported = await together(request, forget, all);
    const { images, labels } = batches(forget);
    images.dispose();
    const drawn = randomLabels(labels, {
      choices: [0, 1, 2, 3],
      excludeTrueLabel: false,
      rng: request.rng.split("labels"),
    });
    expect(feedback.tuneLoss).toBeCloseTo(crossEntropy(supported.logits, drawn), 5);
    const queried = await together(request, all, forget);
    const retained = batches(all);
    retained.images.dispose();
    expect(feedback.testLosses[0]).toBeCloseTo(crossEntropy(queried.logits, retained.labels), 5);
    const moved = await flat(feedback.stats);
    moved.forEach((value, i) => expect(value).toBeCloseTo(supported.stats[i]!, 6));
    // 12 forgotten and 16 retained images in each of both passes.
    expect(setting.ledger).toEqual({ imagesForward: 56, imagesBackward: 56 });
    feedback.owned.forEach(disposeParams);
    release(original);
  });

  it("are those of audited and retained images together in the branch of the attacks", async () => {
    const request = makeRequest({ architecture: "batch-norm-mlp" });
    const { original, batches, forgetSet: forget } = request;
    const setting = settingOf(request, { batchStatistics: "joint" });
    const feedback = await forgetFeedback(setting, original, {
      audit: forget,
      retained: all,
      rng: request.rng,
    });
    const half = forget.slice(0, 6);
    const { logits } = await together(request, half, all);
    const { images, labels } = batches(half);
    images.dispose();
    const wanted = tidy(
      () =>
        mean(
          standardScore(
            attacks,
            tensor1d(logits.flat()).reshape([6, 4]) as Tensor2D,
            tensor1d(labels, "int32"),
          ),
        ).dataSync()[0]!,
    );
    expect(feedback.attackMean).toBeCloseTo(wanted, 5);
    expect(setting.ledger.imagesForward).toBe(2 * (6 + 16));
    feedback.owned.forEach(disposeParams);
    release(original);
  });

  it("change nothing in a model without batch norm, and something in one with it", async () => {
    const run = async (
      architecture: "mlp" | "batch-norm-mlp",
      batchStatistics: LtuOptions["batchStatistics"],
    ): Promise<number[]> => {
      const asked = makeRequest({ architecture });
      const unlearner = ltu({ attacks, batchStatistics, epochs: 1, batchSize: 12, queryBatch: 12 });
      const { weights } = await unlearner.unlearn(asked);
      const numbers = await numbersOf(weights);
      release(weights);
      release(asked.original);
      return numbers;
    };
    const [own, joint] = [await run("mlp", "own"), await run("mlp", "joint")];
    joint.forEach((value, i) => expect(value).toBeCloseTo(own[i]!, 6));
    expect(await run("batch-norm-mlp", "joint")).not.toEqual(await run("batch-norm-mlp", "own"));
  });

  it("need one batch for all query sets", () => {
    const undecided = { attacks, batchStatistics: "auto", fusedQueries: false } as const;
    expect(() => ltu(undecided)).toThrow('batchStatistics "auto" is one batch for all query sets');
    expect(() => ltu({ ...undecided, batchStatistics: "joint" })).toThrow(
      'batchStatistics "joint" is one batch for all query sets, found "fusedQueries false"; set fusedQueries to true or batchStatistics to "own".',
    );
  });
});
