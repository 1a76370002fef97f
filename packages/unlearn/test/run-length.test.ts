import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { hasForgotten } from "../src/early-stop.ts";
import { ltu, optionSets, type LtuConfig } from "../src/index.ts";
import { planRun, type RunPlan } from "../src/run-plan.ts";
import { memoryPort, small } from "./runs.ts";
import { makeRequest, numbersOf, range, release } from "./setting.ts";

const planOf = (options: object, { forget, accessible }: { forget: number; accessible: number }): RunPlan =>
  planRun(
    { ...optionSets.literal, batchSize: 10, ...options },
    { forgetSet: range(0, forget), accessibleRetain: range(forget, forget + accessible), rng: createRng(1) },
  );

describe("planRun", () => {
  it("counts one pass of the larger set as an epoch", () => {
    const plan = planOf({ epochs: 3 }, { forget: 25, accessible: 90 });
    expect([plan.epochs, plan.stepsPerEpoch, plan.steps]).toEqual([3, 9, 27]);
    expect(planOf({ epochs: 3 }, { forget: 25, accessible: 5 }).steps).toBe(9);
  });

  it("takes as many steps for any retain fraction where it is stated in passes over the forget set", () => {
    const passes = { epochs: null, forgetPasses: 4 };
    const plans = [5, 90, 900].map((accessible) => planOf(passes, { forget: 25, accessible }));
    for (const plan of plans) {
      expect([plan.epochs, plan.stepsPerEpoch, plan.steps]).toEqual([4, 3, 12]);
      const seen = [0, 1, 2].flatMap((step) => [...plan.supportAt(step)]).sort((a, b) => a - b);
      expect(seen).toEqual([...range(0, 25)]);
    }
  });

  it("lasts as long as the shorter of both lengths, be it within an epoch", () => {
    const sizes = { forget: 25, accessible: 90 };
    const plan = planOf({ epochs: 10, forgetPasses: 7 }, sizes);
    expect([plan.epochs, plan.stepsPerEpoch, plan.steps]).toEqual([3, 9, 21]);
    const whole = planOf({ epochs: 2, forgetPasses: 7 }, sizes);
    expect([whole.epochs, whole.stepsPerEpoch, whole.steps]).toEqual([2, 9, 18]);
  });

  it("starts every schedule at the outer rate, with the momentum of the options", () => {
    const sizes = { forget: 20, accessible: 20 };
    const rates = (schedule: object): number[] => {
      const plan = planOf({ epochs: 2, outerLr: 0.4, momentum: 0.8, schedule }, sizes);
      return [0, 1, 2, 3].map((step) => {
        expect(plan.rateAt(step).momentum).toBe(0.8);
        return Number(plan.rateAt(step).lr.toFixed(6));
      });
    };
    expect(rates({ name: "constant" })).toEqual([0.4, 0.4, 0.4, 0.4]);
    // 0.4 (1 + cos(pi k / 4)) / 2
    expect(rates({ name: "cosine" })).toEqual([0.4, 0.341421, 0.2, 0.058579]);
    expect(rates({ name: "step-decay", milestones: [0.5], factor: 0.5 })).toEqual([0.4, 0.4, 0.2, 0.2]);
  });
});

describe("hasForgotten", () => {
  it("asks for some steps in a row within the tolerance, on both sides", () => {
    const rule = { tolerance: 0.2, steps: 3 };
    expect(hasForgotten([0.1, -0.1], rule)).toBe(false);
    expect(hasForgotten([3, 0.1, -0.2, 0], rule)).toBe(true);
    expect(hasForgotten([0.1, 0.1, -0.21], rule)).toBe(false);
    expect(hasForgotten([0.1, 0.1, 0.1, 0.3, 0.1, 0.1], rule)).toBe(false);
  });
});

describe("ltu", () => {
  it("records the rates of its schedule", async () => {
    const request = makeRequest();
    const { weights, history } = await ltu({
      ...small,
      epochs: 1,
      outerLr: 0.01,
      schedule: { name: "cosine" },
    }).unlearn(request);
    release(weights);
    release(request.original);
    expect(history["lr"]!.map((lr) => lr.toFixed(5))).toEqual(["0.01000", "0.00854", "0.00500", "0.00146"]);
  });

  it("takes the steps of the shorter length, and goes on from a checkpoint to the same weights", async () => {
    const port = memoryPort();
    const request = makeRequest({ forget: 6, accessible: 24 });
    // An epoch of 4 steps, and one of 2 that 6 passes of 1 step leave.
    const config: LtuConfig = { ...small, samplers: ["uniform"], epochs: 3, forgetPasses: 6 };
    const { weights, cost, history } = await ltu(config).unlearn(request);
    expect([cost.steps, history["lr"]!.length]).toEqual([6, 6]);
    const stop = new AbortController();
    const first = ltu(config).unlearn({
      ...request,
      checkpoint: port,
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 5) stop.abort();
      },
    });
    await expect(first).rejects.toMatchObject({ code: "ABORTED" });
    expect(port.saves).toBe(1);
    const resumed = await ltu(config).unlearn({ ...request, checkpoint: port });
    expect([resumed.cost.steps, port.saves]).toEqual([6, 2]);
    expect(await numbersOf(resumed.weights)).toEqual(await numbersOf(weights));
    [weights, resumed.weights, request.original].forEach(release);
  });

  it("ends once the audit samples look like non-members, and a resumed run stays ended", async () => {
    const checkpoint = memoryPort();
    const request = makeRequest({ checkpoint });
    const config: LtuConfig = { ...small, earlyStop: { tolerance: 1e6, steps: 3 } };
    const { weights, history, cost } = await ltu(config).unlearn(request);
    expect([history["attackMean"]!.length, cost.steps, checkpoint.saves]).toEqual([3, 3, 1]);
    const again = await ltu(config).unlearn(request);
    expect(await numbersOf(again.weights)).toEqual(await numbersOf(weights));
    expect([again.cost.steps, checkpoint.saves]).toEqual([3, 1]);
    [weights, again.weights].forEach(release);
    const never = await ltu({ ...config, earlyStop: { tolerance: 0, steps: 1 } }).unlearn({
      ...request,
      checkpoint: undefined,
    });
    expect(never.cost.steps).toBe(8);
    release(never.weights);
    release(request.original);
  });

  it("clips the harmonized gradient, and says by how much", async () => {
    const end = async (gradientClip: number | null): Promise<{ moved: number; scale: number }> => {
      const request = makeRequest();
      const before = await numbersOf(request.original);
      const { weights, history } = await ltu({
        ...small,
        batchSize: 24,
        epochs: 1,
        outerLr: 1,
        weightDecay: 0,
        gradientClip,
      }).unlearn(request);
      const after = await numbersOf(weights);
      release(weights);
      release(request.original);
      return {
        moved: Math.hypot(...after.map((value, i) => value - before[i]!)),
        scale: history["clipScale"]![0]!,
      };
    };
    const free = await end(null);
    expect(free.scale).toBe(1);
    const clipped = await end(0.01);
    expect(clipped.moved).toBeCloseTo(0.01, 5);
    expect(clipped.scale).toBeCloseTo(0.01 / free.moved, 4);
    expect(await end(10 * free.moved)).toEqual(free);
  });
});
