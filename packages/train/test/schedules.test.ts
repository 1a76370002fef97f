import { describe, expect, it } from "vitest";

import {
  constant,
  cosine,
  createSchedule,
  oneCycle,
  stepDecay,
  type Schedule,
  type ScheduleOptions,
} from "../src/index.ts";

const lrs = (schedule: Schedule, at: number[], steps: number): number[] =>
  at.map((step) => schedule(step, steps).lr);

describe("oneCycle", () => {
  it("rises from 0.004 to 0.1 in the first 15 % of the steps and falls to 4e-7, momentum the other way", () => {
    // Step, rate and momentum by torch's rule: phases end at steps 0.15 x 50 - 1 = 6.5 and 49.
    const expected = [
      [0, 0.004, 0.95],
      [3, 0.046214239347744504, 0.9060268340127661],
      [6, 0.0986052072364505, 0.8514529091286974],
      [7, 0.09996585314373913, 0.8500341469928488],
      [8, 0.09969295807293632, 0.8503070431552363],
      [25, 0.06009428008136868, 0.8899058795421495],
      [48, 0.0001369407845452761, 0.9498634586692893],
      [49, 4e-7, 0.95],
    ];
    const schedule = oneCycle();
    for (const [step, lr, momentum] of expected as [number, number, number][]) {
      expect(schedule(step, 50).lr).toBeCloseTo(lr, 14);
      expect(schedule(step, 50).momentum).toBeCloseTo(momentum, 14);
    }
  });

  it("is in the middle of both ways half way: 120 steps, top at step 17, middle of the fall at 68", () => {
    expect(oneCycle()(68, 120).lr).toBeCloseTo((0.1 + 4e-7) / 2, 12);
    expect(oneCycle()(68, 120).momentum).toBeCloseTo(0.9, 12);
    expect(oneCycle()(17, 120)).toEqual({ lr: 0.1, momentum: 0.85 });
  });

  it("is finite at every step of runs of any length", () => {
    for (let steps = 1; steps < 30; steps++)
      for (const pctStart of [0, 0.15, 0.5, 1])
        for (let step = 0; step < steps; step++) {
          const { lr, momentum } = oneCycle({ pctStart })(step, steps);
          expect(lr).toBeGreaterThan(0);
          expect(lr).toBeLessThanOrEqual(0.1 + 1e-12);
          expect(momentum).toBeGreaterThanOrEqual(0.85 - 1e-12);
        }
  });
});

describe("stepDecay", () => {
  it("falls at epochs 91 and 136 of 182, whatever the steps of an epoch", () => {
    const schedule = stepDecay({ lr: 0.1, milestones: [91 / 182, 136 / 182] });
    for (const perEpoch of [1, 3, 159]) {
      const at = [90, 91, 135, 136].map((epoch) => epoch * perEpoch);
      const expected = [0.1, 0.01, 0.01, 0.001];
      lrs(schedule, at, 182 * perEpoch).forEach((lr, i) => expect(lr).toBeCloseTo(expected[i] as number, 12));
      expect(lrs(schedule, [91 * perEpoch - 1], 182 * perEpoch)[0]).toBeCloseTo(0.1, 12);
    }
  });
});

describe("cosine and constant", () => {
  it("falls from lr through the middle to finalLr", () => {
    expect(lrs(cosine({ lr: 0.2, finalLr: 0.1 }), [0, 5, 10], 10)).toEqual([
      0.2,
      expect.closeTo(0.15, 12),
      0.1,
    ]);
  });

  it("stays", () => {
    expect(constant({ lr: 0.3, momentum: 0 })(7, 9)).toEqual({ lr: 0.3, momentum: 0 });
    expect(constant({ lr: 0.3 })(0, 1).momentum).toBe(0.9);
  });
});

describe("createSchedule", () => {
  it("makes each schedule from plain JSON", () => {
    expect(createSchedule({ name: "one-cycle", maxLr: 0.1 })(49, 50).lr).toBeCloseTo(4e-7, 14);
    expect(createSchedule({ name: "step-decay", lr: 1, milestones: [0.5], factor: 0.5 })(5, 10).lr).toBe(0.5);
    expect(createSchedule({ name: "cosine", lr: 0.2 })(0, 10).lr).toBe(0.2);
    expect(createSchedule({ name: "constant", lr: 0.2, momentum: 0.5 })(0, 10).momentum).toBe(0.5);
  });

  it("refuses unknown names, unknown and missing options, and values out of range", () => {
    const refuses = (options: unknown, message: RegExp): void => {
      expect(() => createSchedule(options as ScheduleOptions)).toThrow(message);
    };
    refuses({ name: "oneCycle" }, /a name out of constant, cosine, one-cycle, step-decay, found "oneCycle"/);
    refuses({ name: "toString" }, /a name out of/);
    refuses({}, /a name out of .* found none/);
    refuses({ name: "constant", lr: 1, rate: 2 }, /options of constant out of lr, momentum, found "rate"/);
    refuses({ name: "constant" }, /the option "lr" of constant, found none/);
    refuses({ name: "constant", lr: Number.NaN }, /lr of constant/);
    refuses({ name: "constant", lr: -1 }, /lr of constant of at least 0, found -1/);
    refuses({ name: "constant", lr: 1, momentum: 1.5 }, /momentum of constant from 0 to 1, found 1.5/);
    refuses({ name: "step-decay", lr: 1, milestones: 0.5 }, /milestones of step-decay/);
    refuses(
      { name: "step-decay", lr: 1, milestones: [91] },
      /milestones of step-decay from 0 to 1, found \[91\]/,
    );
    refuses({ name: "one-cycle", divFactor: 0 }, /divFactor of one-cycle of at least 1, found 0/);
  });
});
