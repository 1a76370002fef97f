import { describe, expect, it } from "vitest";

import { createRng } from "@ltu/core";

import { auditInput, hasScores, lossThreshold, type AuditSamples } from "../../src/evaluators/index.ts";
import { bestThreshold } from "../../src/feedback/index.ts";
import { samplesWith } from "../evaluators/shadow-table.ts";

/** Balanced accuracy of an attack that may fit on one pair of sets and is judged on another, and what it says it is. */
type Attack = (sets: Record<"forget" | "moreForget" | "moreTest" | "test", AuditSamples>) => {
  readonly accuracy: number;
  readonly kind: string | undefined;
};

const loss = ({ logits }: AuditSamples): Float64Array =>
  Float64Array.from(
    { length: logits.length / 2 },
    (_, i) => -Math.log1p(Math.exp(-(logits[2 * i] as number))),
  );
const balanced = (members: Float64Array, others: Float64Array, threshold: number): number =>
  (members.filter((value) => value >= threshold).length / members.length +
    others.filter((value) => value < threshold).length / others.length) /
  2;

/** The threshold is chosen on the samples that it is then judged on. */
const sameSamples: Attack = ({ forget, test }) => {
  const [members, others] = [loss(forget), loss(test)];
  return { accuracy: balanced(members, others, bestThreshold(members, others)), kind: undefined };
};

const ours: Attack = ({ forget, test, moreForget, moreTest }) => {
  const joined = {
    ...samplesWith([]),
    labels: new Int32Array(forget.labels.length + test.labels.length),
    logits: Float32Array.from([...forget.logits, ...test.logits]),
    indexes: Int32Array.from([...forget.indexes, ...test.indexes]),
  };
  const result = lossThreshold().evaluate(
    auditInput({ score: joined, fit: { members: moreForget, nonMembers: moreTest } }),
  );
  if (!hasScores(result)) throw new Error(result.detail);
  const split = forget.labels.length;
  return {
    accuracy: balanced(result.scores.slice(0, split), result.scores.slice(split), 0),
    kind: result.kind,
  };
};

/** That a model which treats members and others alike is not caught, and that the attack says what kind it is. */
function expectApart(attack: Attack): void {
  const rng = createRng(14);
  const runs = Array.from({ length: 100 }, (_, run) => {
    const drawn = (k: number): AuditSamples => samplesWith([...rng.split(`${run}/${k}`).normals(15)], 15 * k);
    return attack({ forget: drawn(0), test: drawn(1), moreForget: drawn(2), moreTest: drawn(3) });
  });
  const mean = runs.reduce((total, { accuracy }) => total + accuracy, 0) / runs.length;
  // Each run has a standard error of at most 0.09, so that the mean of 100 stays within 0.04 of chance.
  expect(Math.abs(mean - 0.5), "no signal").toBeLessThan(0.04);
  expect(runs[0]?.kind, "the kind of attack").toBe("population");
}

describe("fault 14: an attack that is fitted and judged on the same samples", () => {
  it("finds a signal where there is none; ours keeps both parts apart and says that it is a population attack", () => {
    expect(() => expectApart(sameSamples)).toThrow(/no signal/);
    expect(() => expectApart((sets) => ({ ...ours(sets), kind: undefined }))).toThrow(/the kind of attack/);
    expectApart(ours);
  });

  it("cannot be written: a sample in both parts is refused", () => {
    const samples = samplesWith([1, 2, 3]);
    const call = (): unknown =>
      auditInput({ score: samples, fit: { members: samples, nonMembers: samplesWith([1], 9) } });
    expect(call).toThrow(expect.objectContaining({ code: "FIREWALL" }));
  });
});
