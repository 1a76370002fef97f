import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { finetune, l1Sparse } from "../src/index.ts";
import { gammaOf } from "../src/l1-sparse.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { accessibleRetain, guarded, runUnlearner } from "./run-tiny.ts";

const quick = { epochs: 2, batchSize: 8 } as const;

describeUnlearner("l1-sparse", () => l1Sparse({ ...quick, noL1Epochs: 1, gamma: 1e-3 }));

describe("l1Sparse", () => {
  it("by hand: steps against the loss and against the sign of every weight", async () => {
    // x = 0, y = 0, b = (1, 1): p = (1/2, 1/2), gradient of CE for b = (-1/2, 1/2), for w = 0.
    // gamma 0.2 adds 0.2 sign: w = (3, -3) -> (3 - 0.02, -3 + 0.02), b -> (1 + 0.05 - 0.02, 1 - 0.05 - 0.02).
    const method = l1Sparse({ epochs: 1, lr: 0.1, momentum: 0, weightDecay: 0, gamma: 0.2 });
    const sets = { forgetSet: Int32Array.of(1), retainSet: Int32Array.of(0) };
    const { w, b, history } = await runOnPixels(
      method,
      { batches: pixels([0, 0], [0, 1]), ...sets },
      { w: [3, -3], b: [1, 1] },
    );
    expect(w.map((value) => value.toFixed(6))).toEqual(["2.980000", "-2.980000"]);
    expect(b.map((value) => value.toFixed(6))).toEqual(["1.030000", "0.930000"]);
    // CE = log 2, plus 0.2 (3 + 3 + 1 + 1).
    expect(history["loss"]?.[0]).toBeCloseTo(Math.LN2 + 1.6, 5);
  });

  it("leaves an exact zero where its loss does not move it", async () => {
    const method = l1Sparse({ epochs: 3, lr: 0.1, gamma: 0.2 });
    const sets = { forgetSet: Int32Array.of(1), retainSet: Int32Array.of(0) };
    const { w } = await runOnPixels(method, { batches: pixels([0, 0], [0, 1]), ...sets }, { w: [0, 1] });
    expect(w[0]).toBe(0);
    expect(w[1]).toBeLessThan(1);
  });

  it("lets gamma fade to nothing over the epochs that have it", () => {
    const gammas = (options: Parameters<typeof gammaOf>[1]): string[] =>
      Array.from({ length: options.epochs }, (_, epoch) => gammaOf(epoch, options).toFixed(6));
    expect(gammas({ gamma: 1e-4, epochs: 10, noL1Epochs: 0 }).slice(0, 2)).toEqual(["0.000100", "0.000090"]);
    expect(gammaOf(9, { gamma: 1e-4, epochs: 10, noL1Epochs: 0 })).toBeCloseTo(1e-5, 12);
    expect(gammas({ gamma: 0.005, epochs: 4, noL1Epochs: 1 })).toEqual([
      "0.005000",
      "0.003333",
      "0.001667",
      "0.000000",
    ]);
  });

  it("never has a negative gamma, nor one above the first", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.nat(30), fc.nat(40), (epochs, none, epoch) => {
        const gamma = gammaOf(epoch, { gamma: 1, epochs, noL1Epochs: Math.min(none, epochs) });
        expect(gamma >= 0 && gamma <= 1).toBe(true);
      }),
    );
  });

  it("is fine-tuning, bit for bit, without gamma and in epochs without it", async () => {
    const { numbers } = await runUnlearner(finetune(quick));
    expect((await runUnlearner(l1Sparse({ ...quick, gamma: 0 }))).numbers).toEqual(numbers);
    expect((await runUnlearner(l1Sparse({ ...quick, gamma: 1, noL1Epochs: 2 }))).numbers).toEqual(numbers);
    expect((await runUnlearner(l1Sparse({ ...quick, gamma: 1 }))).numbers).not.toEqual(numbers);
  });

  it("reads the accessible share alone where it is told to", async () => {
    const method = l1Sparse({ ...quick, retainAccess: "rho" });
    const { cost } = await runUnlearner(method, { batches: guarded([accessibleRetain]) });
    expect(cost).toMatchObject({ imagesForward: 18, imagesBackward: 18, steps: 4 });
  });

  it("refuses options out of range and those of other methods", () => {
    expect(() => l1Sparse({ gamma: -1 })).toThrow(/^l1-sparse: expected gamma to be a number of at least 0/);
    expect(() => l1Sparse({ noL1Epochs: 11 })).toThrow(/noL1Epochs to be a whole number from 0 to the 10/);
    expect(() => l1Sparse({ alpha: 0.2 } as never)).toThrow(/found "alpha"/);
  });
});
