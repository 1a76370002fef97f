import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../src/contract/index.ts";
import { finetune } from "../src/index.ts";
import { guarded, accessibleRetain, retainSet, runUnlearner } from "./run-tiny.ts";

describeUnlearner("finetune", () => finetune({ epochs: 2, batchSize: 8 }));

describe("finetune", () => {
  it("passes over the retained data that its access names, once an epoch", async () => {
    const full = await runUnlearner(finetune({ epochs: 2, batchSize: 8 }), { batches: guarded([retainSet]) });
    expect(full.cost).toMatchObject({ imagesBackward: 2 * retainSet.length, steps: 2 * 4 });
    const rho = finetune({ epochs: 2, batchSize: 8, retainAccess: "rho" });
    const part = await runUnlearner(rho, { batches: guarded([accessibleRetain]) });
    expect(part.cost).toMatchObject({ imagesBackward: 2 * accessibleRetain.length, steps: 2 * 2 });
  });

  it("stays where it is with a rate of 0, but for the running statistics", async () => {
    const { numbers, original } = await runUnlearner(finetune({ epochs: 1, lr: 0 }));
    expect(numbers["conv1.weight"]).toEqual(original["conv1.weight"]);
    expect(numbers["bn1.running_mean"]).not.toEqual(original["bn1.running_mean"]);
  });

  it("names every option it resolved", () => {
    expect(finetune({ lr: 0.04, retainAccess: "rho", schedule: "cosine" }).options).toEqual({
      epochs: 10,
      batchSize: 256,
      schedule: { name: "cosine", lr: 0.04, momentum: 0.9 },
      weightDecay: 5e-4,
      augment: true,
      retainAccess: "rho",
    });
  });

  it("refuses unknown options and values out of range", () => {
    expect(() => finetune({ epoch: 3 } as never)).toThrow(
      /^finetune: expected options out of .*found "epoch"/,
    );
    expect(() => finetune({ order: "mixed" } as never)).toThrow(/found "order"/);
    expect(() => finetune({ retainAccess: "half" as "rho" })).toThrow(
      /retainAccess to be "full" or "rho", found "half"/,
    );
    expect(() => finetune({ lr: -1 })).toThrow(/lr of constant of at least 0, found -1/);
    expect(() => finetune({ weightDecay: Number.NaN })).toThrow(
      /weightDecay to be a number of at least 0, found NaN/,
    );
    expect(() => finetune({ batchSize: 1.5 })).toThrow(/batchSize to be a whole number/);
    expect(() => finetune({ schedule: "step-decay" as "cosine" })).toThrow(/milestones/);
  });
});
