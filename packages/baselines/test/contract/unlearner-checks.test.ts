import { dispose } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, describe, expect, it } from "vitest";

import { createSubject, unlearnerChecks, type UnlearnerCheck } from "../../src/contract/index.ts";
import { releaseWeights, weightsOf } from "../../src/contract/contract-ground.ts";
import { meanLoss } from "../../src/contract/run-unlearner.ts";
import { broken, lost, sound } from "./broken-unlearners.ts";

function checkNamed(start: string): UnlearnerCheck {
  const [check, another] = unlearnerChecks.filter(({ title }) => title.startsWith(start));
  if (check === undefined || another !== undefined) throw new Error(`no one check begins with "${start}"`);
  return check;
}

describe("the contract of unlearners", () => {
  let ground: Awaited<ReturnType<typeof createSubject>>["ground"];
  beforeAll(async () => {
    ({ ground } = await createSubject("random-labels", sound));
  });
  afterEach(() => {
    dispose(lost);
    lost.length = 0;
  });

  it("stands on a model that knows its images by heart, and others less", async () => {
    const weights = weightsOf(ground.original);
    const { model, batches, sets } = ground;
    const lossOf = (set: Int32Array): Promise<number> => meanLoss({ model, weights }, batches, set);
    expect(await lossOf(sets.forgetSet)).toBeLessThan(0.1);
    expect(await lossOf(sets.retainSet)).toBeLessThan(0.1);
    expect(await lossOf(sets.valSet)).toBeGreaterThan(0.5);
    releaseWeights(weights);
  });

  it.each(broken.map(([fault, make, start]) => ({ fault, make, start })))(
    "catches a method that $fault",
    async ({ make, start }) => {
      const check = checkNamed(start);
      await expect(check.run(await createSubject("random-labels", make))).rejects.toThrow();
      await check.run(await createSubject("random-labels", sound));
    },
  );

  it("has shown for each of its checks that it can fail", () => {
    const shown = new Set(broken.map(([, , start]) => checkNamed(start).title));
    expect(unlearnerChecks.map(({ title }) => title).filter((title) => !shown.has(title))).toEqual([]);
  });
});
