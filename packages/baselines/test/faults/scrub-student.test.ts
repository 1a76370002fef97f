import { describe, expect, it } from "vitest";

import { mapParams, type Unlearner } from "@ltu/core";
import { fit, sgd, type Optimizer } from "@ltu/train";
import { clone } from "@tensorflow/tfjs-core";

import { scrub } from "../../src/index.ts";
import { runUnlearner } from "../run-tiny.ts";

/**
 * SCRUB whose optimizer was given the teacher's parameters: the student's gradients are made and used by nobody, and
 * only its running statistics move. As in data-unlearning-bench eb261f9, `unlearning_bench/unlearning.py`.
 */
const scrubOfTheTeacher: Unlearner = {
  ...scrub({ batchSize: 8, lr: 0.01 }),
  unlearn: async ({ model, original, batches, forgetSet, retainSet, rng }) => {
    const holdsTheTeacher: Optimizer = {
      ...sgd,
      step: (params, _gradient, state) => ({
        params: mapParams(params, (tensor) => clone(tensor)),
        state: mapParams(state, (tensor) => clone(tensor)),
      }),
    };
    const result = await fit({
      model,
      weights: original,
      batches,
      data: (epoch) =>
        epoch < 2
          ? [[{ indexes: forgetSet }], [{ indexes: retainSet as Int32Array }]]
          : [[{ indexes: retainSet as Int32Array }]],
      recipe: {
        epochs: 3,
        batchSize: 8,
        schedule: { name: "constant", lr: 0.01 },
        weightDecay: 5e-4,
        augment: true,
      },
      rng,
      optimizer: holdsTheTeacher,
    });
    return { ...result, model };
  },
};

/** That the student's weights changed, its running statistics aside, and the teacher's did not. */
async function expectStudentMoves(unlearner: Unlearner): Promise<void> {
  const { numbers, original } = await runUnlearner(unlearner);
  const untouched = (await runUnlearner(scrub({ epochs: 1, lr: 0 }))).original;
  expect(original, "the teacher").toEqual(untouched);
  for (const [name, values] of Object.entries(original)) {
    if (!name.includes("running")) expect(numbers[name], name).not.toEqual(values);
  }
}

describe("fault 5: a SCRUB whose student never moves", () => {
  it("is refused, and ours moves", async () => {
    await expect(expectStudentMoves(scrubOfTheTeacher)).rejects.toThrow(/conv1.weight/);
    await expectStudentMoves(scrub({ batchSize: 8, lr: 0.01 }));
  });
});
