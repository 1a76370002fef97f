import { describe, expect, it } from "vitest";

import { doNothing } from "../src/index.ts";
import { describeUnlearner, guarded, runUnlearner } from "./describe-unlearner.ts";

describeUnlearner("do-nothing", () => doNothing(), { drawsAtRandom: false });

describe("doNothing", () => {
  it("returns the original numbers and spends nothing", async () => {
    const { numbers, original, cost } = await runUnlearner(doNothing(), { batches: guarded([]) });
    expect(numbers).toEqual(original);
    expect(cost).toEqual({ imagesForward: 0, imagesBackward: 0, steps: 0, wallMs: 0 });
  });

  it("refuses any option", () => {
    expect(() => doNothing({ lr: 1 } as never)).toThrow(/^do-nothing: expected no options, found "lr"/);
  });
});
