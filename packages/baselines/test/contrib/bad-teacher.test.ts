import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../../src/contract/index.ts";
import { badTeacher } from "../../src/index.ts";
import { pixels, runOnPixels } from "../pixel-model.ts";
import { forgetSet, retainSet, runUnlearner } from "../run-tiny.ts";

describeUnlearner("bad-teacher", () => badTeacher({ epochs: 2, batchSize: 8, lr: 0.01 }));
describeUnlearner("bad-teacher", () =>
  badTeacher({ epochs: 2, batchSize: 8, lr: 0.3, optimizer: "sgd", reduction: "batch", retainAccess: "rho" }),
);

describe("badTeacher", () => {
  const sgd = { epochs: 1, lr: 0.1, momentum: 0, optimizer: "sgd" } as const;
  const request = {
    batches: pixels([0, 0], [0, 0]),
    forgetSet: Int32Array.of(0),
    retainSet: Int32Array.of(1),
  };
  /** p = (3/4, 1/4), so the student must move towards the incompetent teacher's (1/2, 1/2) on the sample to forget. */
  const start = { b: [Math.log(3), 0] };

  it("by hand: follows the incompetent teacher on the forget set and itself on the rest", async () => {
    // Gradient of the sample to forget: p - 1/2 = (1/4, -1/4), of the retained one 0; over 2 samples times 2 classes.
    const { b, w, history, cost } = await runOnPixels(badTeacher(sgd), request, start);
    expect((b[0] as number) - Math.log(3)).toBeCloseTo(-0.1 * (1 / 16), 6);
    expect(b[1]).toBeCloseTo(0.1 * (1 / 16), 6);
    expect(w).toEqual([0, 0]);
    // KL of (1/2, 1/2) from (3/4, 1/4) is log(4/3) / 2.
    expect(history["loss"]?.[0]).toBeCloseTo(Math.log(4 / 3) / 8, 6);
    expect(cost).toMatchObject({ imagesForward: 6, imagesBackward: 2, steps: 1 });
  });

  it("by hand: moves by the number of classes more where it divides by the batch alone", async () => {
    const { b, history } = await runOnPixels(badTeacher({ ...sgd, reduction: "batch" }), request, start);
    expect(b[1]).toBeCloseTo(0.1 * (1 / 8), 6);
    expect(history["loss"]?.[0]).toBeCloseTo(Math.log(4 / 3) / 4, 6);
  });

  it("takes no part of the labels", async () => {
    const other = await runOnPixels(badTeacher(sgd), { ...request, batches: pixels([0, 0], [1, 1]) }, start);
    expect(other).toEqual({ ...(await runOnPixels(badTeacher(sgd), request, start)), cost: other.cost });
  });

  it("counts both teachers", async () => {
    const { cost } = await runUnlearner(badTeacher({ batchSize: 8 }));
    const images = forgetSet.length + retainSet.length;
    expect(cost).toMatchObject({ imagesForward: 3 * images, imagesBackward: images, steps: 4 });
  });

  it("names the step at which it diverged", async () => {
    await expect(
      runUnlearner(badTeacher({ epochs: 20, batchSize: 4, lr: 1e20, optimizer: "sgd" })),
    ).rejects.toThrow(/^bad-teacher: the (loss|weights) must stay finite, found .* step \d+ of \d+/);
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => badTeacher({ reduction: "mean" as "batch" })).toThrow(
      /reduction to be "elements" or "batch"/,
    );
    expect(() => badTeacher({ optimizer: "rmsprop" as "sgd" })).toThrow(/optimizer to be "adam" or "sgd"/);
    expect(() => badTeacher({ temperature: -1 })).toThrow(/temperature/);
    expect(() => badTeacher({ alpha: 1 } as never)).toThrow(/expected options out of .*found "alpha"/);
  });
});
