import { describe, expect, it } from "vitest";

import { allReadings, isMissing, metricDefinitions, relearnTime, type Reading } from "../../src/index.ts";

type Relearn = (
  unlearned: readonly number[],
  retrained: readonly number[],
  target: number,
) => Readonly<Record<string, Reading | undefined>>;

/** The curve is made, and the line that reads the time off it is commented out. As in the notebooks of SCRUB 98ffb11. */
const unread: Relearn = (unlearned) => {
  const log: number[] = [];
  for (const loss of unlearned) log.push(loss);
  // The released line, commented out there too: print(len(log)).
  return {};
};

const ours: Relearn = (unlearned, retrained, target) => {
  const { stepsUnlearned, ratio } = relearnTime(unlearned, retrained, { target });
  return allReadings({ relearnSteps: stepsUnlearned, relearnRatio: ratio });
};

/** That what was computed is read, and that every other metric says why it is not there. */
function expectReadOut(relearn: Relearn): void {
  const found = relearn([2, 1, 0.4], [2, 1.5, 1, 0.7, 0.4], 0.5);
  expect(found["relearnSteps"], "the time is read off the curve").toBe(2);
  expect(found["relearnRatio"]).toBe(0.5);
  const censored = relearn([2, 1.9], [2, 1.5, 0.4], 0.5);
  expect(censored["relearnSteps"]).toMatchObject({ reason: "CENSORED" });
  for (const name of Object.keys(metricDefinitions)) {
    const reading = found[name];
    expect(typeof reading === "number" || isMissing(reading), `${name} is a number or a reason`).toBe(true);
  }
}

describe("fault 30: a metric that is computed and never read out", () => {
  it("is refused, and ours reports every metric or the reason", () => {
    expect(() => expectReadOut(unread)).toThrow(/read off the curve/);
    expectReadOut(ours);
  });
});
