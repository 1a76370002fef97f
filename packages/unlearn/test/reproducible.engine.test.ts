import { describe, expect, it } from "vitest";

import { ltu } from "../src/index.ts";
import { endOf, memoryPort, small } from "./runs.ts";
import { makeRequest, numbersOf, release } from "./setting.ts";

describe("ltu on every engine", () => {
  it("is a function of its seed", async () => {
    const run = (seed: number): Promise<number[]> =>
      endOf(small, makeRequest({ architecture: "batch-norm-mlp", seed }));
    const first = await run(3);
    expect(await run(3)).toEqual(first);
    expect(await run(4)).not.toEqual(first);
  });

  it("ends with the very weights of an uninterrupted run when it is stopped and resumed", async () => {
    for (const architecture of ["mlp", "batch-norm-mlp"] as const) {
      const config = { ...small, epochs: 3 };
      const whole = await endOf(config, makeRequest({ architecture }));
      const checkpoint = memoryPort();
      const request = makeRequest({ architecture, checkpoint });
      const stop = new AbortController();
      const stopped = ltu(config).unlearn({
        ...request,
        signal: stop.signal,
        onProgress: ({ step }) => {
          if (step === 6) stop.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
      expect(checkpoint.saves).toBe(1);
      let firstStep = 0;
      const { weights, history, cost } = await ltu(config).unlearn({
        ...request,
        onProgress: ({ step }) => (firstStep ||= step),
      });
      expect(firstStep).toBe(5);
      expect(await numbersOf(weights)).toEqual(whole);
      expect(history["tuneLoss"]).toHaveLength(12);
      expect(cost.steps).toBe(12);
      release(weights);
      release(request.original);
    }
  });
});
