import { describe, expect, it } from "vitest";

import type { Unlearner } from "@ltu/core";

import { createSubject, unlearnerChecks, type UnlearnerContractOptions } from "../src/contract/index.ts";
import { baselines } from "../src/index.ts";
import { tinyModel } from "./tiny-model.ts";

/** Of the suite, which each method's own file runs whole, what an engine can break. */
const promises = unlearnerChecks.filter(({ title }) =>
  /same numbers for the same stream|finite weights|what it expects|every image it pushes|no tensor behind but|very numbers of the uninterrupted/.test(
    title,
  ),
);

const short = { epochs: 2, batchSize: 8 };
const fixed: UnlearnerContractOptions = { drawsAtRandom: false };
const convolutional: UnlearnerContractOptions = { model: tinyModel };

/** Every method with options that suit the suite's few samples. */
const methods: Readonly<
  Record<keyof typeof baselines, readonly [make: () => Unlearner, options?: UnlearnerContractOptions]>
> = {
  "bad-teacher": [() => baselines["bad-teacher"]({ ...short, lr: 0.01 })],
  "boundary-expanding": [() => baselines["boundary-expanding"]({ epochs: 3, batchSize: 4, lr: 0.02 })],
  "boundary-shrink": [() => baselines["boundary-shrink"]({ epochs: 3, batchSize: 4, lr: 0.02 })],
  "convolution-transpose": [() => baselines["convolution-transpose"](short), convolutional],
  "do-nothing": [() => baselines["do-nothing"](), fixed],
  finetune: [() => baselines.finetune(short)],
  "gradient-ascent": [() => baselines["gradient-ascent"]({ ...short, lr: 0.3 })],
  "influence-unlearning": [() => baselines["influence-unlearning"]({ batchSize: 8, fisherSamples: 5 })],
  "l1-sparse": [() => baselines["l1-sparse"]({ ...short, gamma: 1e-3 })],
  "masked-small-gradients": [() => baselines["masked-small-gradients"](short), convolutional],
  "neg-grad-plus": [() => baselines["neg-grad-plus"]({ epochs: 2, batchSize: 4 })],
  "random-labels": [() => baselines["random-labels"]({ ...short, order: "mixed" })],
  "random-labels-anchored": [
    () => baselines["random-labels-anchored"]({ ...short, order: "mixed", lr: 0.05 }),
  ],
  retrain: [
    () =>
      baselines.retrain({
        ...short,
        epochs: 3,
        schedule: { name: "one-cycle" },
        weightDecay: 5e-4,
        augment: true,
      }),
  ],
  salun: [() => baselines.salun({ ...short, lr: 0.05 })],
  "salun-soft": [() => baselines["salun-soft"]({ ...short, lr: 0.05 })],
  scrub: [() => baselines.scrub({ epochs: 3, batchSize: 4, lr: 0.01 })],
  ssd: [() => baselines.ssd({ batchSize: 4, selectionWeighting: 1 }), fixed],
};

describe("every method on this engine", () => {
  it("is held to what an engine can break", () => expect(promises).toHaveLength(6));

  for (const [name, [make, options]] of Object.entries(methods)) {
    it(`keeps its promises: ${name}`, async () => {
      const subject = await createSubject(name, make, options);
      for (const { run } of promises) await run(subject);
    });
  }
});
