import { describe, expect, it } from "vitest";

import { forgetEpsilon, isMissing, type Reading } from "../../src/index.ts";

type EpsilonOf = (unlearned: readonly number[], retrained: readonly number[]) => Reading;

/** What Python does with `assert` on an array: an error for more than one element, and for one that is 0 or none. */
function assertArray(values: readonly number[]): void {
  if (values.length > 1)
    throw new Error("The truth value of an array with more than one element is ambiguous");
  if (values.length === 0 || values[0] === 0) throw new Error("all thresholds gave nan epsilon");
}

/** The single-threshold rule with its check as released. As in unlearning_evaluation ffae0ff, `metric.py`. */
const asserted: EpsilonOf = (unlearned, retrained) => {
  const [low, high] = [Math.min(...unlearned, ...retrained), Math.max(...unlearned, ...retrained)];
  const size = Math.ceil((high - low) * 100);
  const kept: number[] = [];
  for (let i = 0; i < size; i++) {
    const t = low + (i * (high - low)) / Math.max(1, size - 1);
    const fpr = unlearned.filter((x) => x >= t).length / unlearned.length;
    const fnr = retrained.filter((x) => x < t).length / retrained.length;
    if (fpr === 0 && fnr === 0) kept.push(Infinity);
    if (fpr === 0 || fnr === 0) continue;
    const bounds = [Math.log(1 - 1e-5 - fpr) - Math.log(fnr), Math.log(1 - 1e-5 - fnr) - Math.log(fpr)];
    kept.push(Math.max(0, ...bounds.filter((bound) => !Number.isNaN(bound))));
  }
  assertArray(kept);
  return Math.max(...kept);
};

const ours: EpsilonOf = (unlearned, retrained) => {
  const found = forgetEpsilon(unlearned, retrained);
  return isMissing(found) ? found : found.epsilon;
};

/** That epsilon is a number for any number of thresholds that count, and a reason for none. */
function expectDefined(epsilonOf: EpsilonOf): void {
  expect(epsilonOf([0, 0.3, 0.6, 0.9], [0.75, 1, 1.25, 1.5]), "many thresholds count").toBeGreaterThan(1);
  expect(epsilonOf([1, 1, 1], [1, 1, 1]), "no threshold counts").toMatchObject({ reason: "DEGENERATE" });
}

describe("fault 9: an assertion on an array of epsilons", () => {
  it("fails as soon as two thresholds count, and ours is defined for any number of them", () => {
    expect(() => expectDefined(asserted)).toThrow(/ambiguous/);
    expect(() => asserted([1, 1, 1], [1, 1, 1])).toThrow(/all thresholds/);
    expectDefined(ours);
  });
});
