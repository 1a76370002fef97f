import { describe, expect, it } from "vitest";

import { describeUnlearner } from "../src/contract/index.ts";
import { doNothing } from "../src/index.ts";
import { guarded, runUnlearner } from "./run-tiny.ts";

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
