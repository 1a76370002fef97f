import { describe, expect, it } from "vitest";

import type { Predictions } from "@ltu/core";
import { miaEfficacy } from "@ltu/metrics";

import { confidenceSvc, fitSvc, type ConfidenceSvcInput } from "../../src/evaluators/index.ts";
import { trueProbabilityFloat64 } from "../../src/signals/index.ts";
import { outputsWith } from "../evaluators/shadow-table.ts";

/** MIA-efficacy, and how many samples of each side fitted the attack. */
type Efficacy = (sets: ConfidenceSvcInput) => {
  readonly percent: number;
  readonly members: number | undefined;
  readonly nonMembers: number | undefined;
};

/**
 * Takes as many retained samples as there are test samples, whether there are so many or not, and says nothing of how many
 * it took. As in Unlearn-Saliency at a6e89fd, `Classification/main_forget.py`: a subset of the first `test_len` indexes.
 */
const asManyAsTest: Efficacy = ({ retain, test, forget }) => {
  const all = trueProbabilityFloat64(retain);
  const members = Array.from(test.labels, (_, i) => {
    const value = all[i];
    if (value === undefined) throw new RangeError("list index out of range");
    return value;
  });
  const points = (values: ArrayLike<number>): { values: ArrayLike<number>; dimensions: 1 } => ({
    values,
    dimensions: 1,
  });
  const svc = fitSvc(points(members), points(trueProbabilityFloat64(test)));
  const decisions = svc.decide(points(trueProbabilityFloat64(forget)));
  return { percent: miaEfficacy(decisions), members: undefined, nonMembers: undefined };
};

const ours: Efficacy = (sets) => {
  const { efficacyPercent, samples } = confidenceSvc().evaluate(sets);
  return { percent: efficacyPercent, members: samples.members, nonMembers: samples.nonMembers };
};

/** That a small retain set is enough, that both sides are of one size, and that the sizes are told. */
function expectBothSidesAlike(efficacy: Efficacy): void {
  const [sure, unsure]: Predictions[] = [outputsWith([8, 7, 9]), outputsWith([0, 0.5, -1, 0.2, -0.5])];
  const forget = outputsWith([8, 0.1]);
  const small = { retain: sure as Predictions, test: unsure as Predictions, forget };
  let found: ReturnType<Efficacy> | undefined;
  expect(() => (found = efficacy(small)), "a retain set smaller than the test set").not.toThrow();
  expect(found?.percent).toBe(50);
  const large = efficacy({
    retain: outputsWith([8, 7, 9, 8.5, 7.5, 9.5]),
    test: unsure as Predictions,
    forget,
  });
  expect([large.members, large.nonMembers], "the numbers are told").toEqual([5, 5]);
  expect([found?.members, found?.nonMembers]).toEqual([3, 3]);
}

describe("fault 24: a membership attack that fails where the retain set is smaller than the test set", () => {
  it("is refused, and ours takes the smaller number of each side and says it", () => {
    expect(() => expectBothSidesAlike(asManyAsTest)).toThrow(/a retain set smaller than the test set/);
    const padded: Efficacy = (sets) => ({ ...ours(sets), members: undefined, nonMembers: undefined });
    expect(() => expectBothSidesAlike(padded)).toThrow(/the numbers are told/);
    expectBothSidesAlike(ours);
  });
});
