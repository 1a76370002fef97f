import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { randomLabels, salunSoft } from "../src/index.ts";
import { describeUnlearner } from "../src/contract/index.ts";
import { pixels, runOnPixels } from "./pixel-model.ts";
import { runUnlearner } from "./run-tiny.ts";

const quick = { epochs: 2, batchSize: 8 } as const;

describeUnlearner("salun-soft", () => salunSoft({ ...quick, lr: 0.05 }));
describeUnlearner("salun-soft", () =>
  salunSoft({ ...quick, epochs: 3, lr: 0.05, maskRatio: 0.9, retainAccess: "rho" }),
);

describe("salunSoft", () => {
  it("by hand: takes the r-th smallest change off every change", async () => {
    // One batch of both samples, weights 0, p = (1/2, 1/2), rate .1. The retained one, x = 1, y = 0, pulls at w and b
    // with half of (-.5, .5); the black one to forget pulls at b alone, with half of (-.5, .5) when it is called 0 and
    // of (.5, -.5) when it is called 1. r = floor(1 x ((2 - 1) / 2 x 4)) = 2.
    // Called 0: changes w .025, b .05, so tau = .025 and b keeps .025. Called 1: w .025, b 0, so tau = 0.
    const method = salunSoft({ epochs: 1, lr: 0.1, momentum: 0, weightDecay: 0, maskRatio: 1 });
    const found = new Set<string>();
    for (let seed = 1; seed <= 6; seed++) {
      const { w, b } = await runOnPixels(method, {
        batches: pixels([0, 1], [0, 0]),
        forgetSet: Int32Array.of(0),
        retainSet: Int32Array.of(1),
        rng: createRng(seed),
      });
      found.add([...w, ...b].map((value) => value.toFixed(4)).join(" "));
    }
    expect(found).toEqual(new Set(["0.0000 0.0000 0.0250 -0.0250", "0.0250 -0.0250 0.0000 0.0000"]));
  });

  it("is mixed random labels, bit for bit, without a threshold", async () => {
    const { numbers } = await runUnlearner(salunSoft({ ...quick, lr: 0.01, maskRatio: 0 }));
    expect(numbers).toEqual((await runUnlearner(randomLabels({ ...quick, order: "mixed" }))).numbers);
  });

  it("leaves in one epoch at least the share of weights it says", async () => {
    const { numbers, original } = await runUnlearner(salunSoft({ ...quick, epochs: 1, maskRatio: 0.8 }));
    const trained = Object.keys(original).filter((name) => !name.includes("running"));
    const all = trained.flatMap((name) =>
      (original[name] as number[]).map((value, i) => [value, numbers[name]?.[i]]),
    );
    const kept = all.filter(([before, after]) => before === after).length;
    // L = ceil(7 / 8) + ceil(25 / 8) = 5 batches: r = floor(.8 x 4 / 5 x n).
    expect(kept).toBeGreaterThanOrEqual(Math.floor(0.64 * all.length));
    expect(kept).toBeLessThan(all.length);
  });

  it("refuses options out of range and those it does not have", () => {
    expect(() => salunSoft({ maskRatio: 1.2 })).toThrow(
      /^salun-soft: expected maskRatio to be a number from 0 to 1/,
    );
    expect(() => salunSoft({ order: "sequential" } as never)).toThrow(/found "order"/);
    expect(() => salunSoft({ density: 0.5 } as never)).toThrow(/found "density"/);
  });
});
