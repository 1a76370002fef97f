import { describe, expect, it } from "vitest";

import { zrf } from "../../src/index.ts";

type Zrf = typeof zrf;

const rowsOf = (values: ArrayLike<number>, classes: number): number[][] =>
  Array.from({ length: values.length / classes }, (_, i) =>
    Array.from(values).slice(i * classes, (i + 1) * classes),
  );
const softmax = (row: readonly number[]): number[] => {
  const exps = row.map(Math.exp);
  return exps.map((x) => x / exps.reduce((a, b) => a + b, 0));
};

/**
 * kl_div(log p, m) is KL(m || p), and its mean is over samples and classes. As in selective-synaptic-dampening cdfdc0e,
 * `src/metrics.py` lines 12 to 14.
 */
const reversedMean: Zrf = (logits, teacherLogits, { classes }) => {
  const p = rowsOf(logits, classes).map(softmax).flat();
  const q = rowsOf(teacherLogits, classes).map(softmax).flat();
  const klDiv = (input: readonly number[], target: readonly number[]): number =>
    target.reduce((sum, t, i) => sum + t * (Math.log(t) - Math.log(input[i]!)), 0) / target.length;
  const m = p.map((x, i) => (x + q[i]!) / 2);
  return 1 - (0.5 * klDiv(p, m) + 0.5 * klDiv(q, m));
};

/** A cosine of logits, from 0 to 1. As in machine-unlearning-pytorch 405bab1, `torchunlearn/metrics/__init__.py`. */
const cosine: Zrf = (logits, teacherLogits, { classes }) => {
  const teachers = rowsOf(teacherLogits, classes);
  const similarities = rowsOf(logits, classes).map((row, i) => {
    const dot = row.reduce((sum, x, k) => sum + x * teachers[i]![k]!, 0);
    return (dot / (Math.hypot(...row) * Math.hypot(...teachers[i]!)) + 1) / 2;
  });
  return similarities.reduce((a, b) => a + b, 0) / similarities.length;
};

/** That the score is 1 less the mean Jensen-Shannon divergence of the two models' probabilities. */
function expectJensenShannon(score: Zrf): void {
  // p = (0.9, 0.1), t = (0.1, 0.9): 0.9 log 1.8 + 0.1 log 0.2.
  const z = Math.log(9);
  const divergence = 0.9 * Math.log(1.8) + 0.1 * Math.log(0.2);
  expect(score([z, 0], [0, z], { classes: 2 }), "by hand").toBeCloseTo(1 - divergence, 10);
  // Probabilities that differ in their scale alone: a cosine cannot see it.
  expect(score([1, -1], [4, -4], { classes: 2 }), "another confidence").toBeLessThan(0.999);
  // A class that nobody expects changes nothing.
  expect(score([z, 0, -40], [0, z, -40], { classes: 3 }), "an unused class").toBeCloseTo(1 - divergence, 6);
}

describe("fault 10: a ZRF with its divergence reversed and averaged over classes, or a cosine called ZRF", () => {
  it("is refused, and ours is 1 less the mean Jensen-Shannon divergence", () => {
    expect(() => expectJensenShannon(reversedMean)).toThrow(/by hand/);
    expect(() => expectJensenShannon(cosine)).toThrow(/by hand/);
    expectJensenShannon(zrf);
  });

  it("sits near 1 with the fault whatever the model does, which is how it was found", () => {
    const logits = Array.from({ length: 100 }, (_, k) => (k === 0 ? 10 : 0));
    const opposite = logits.toReversed();
    expect(reversedMean(logits, opposite, { classes: 100 })).toBeGreaterThan(0.9);
    expect(zrf(logits, opposite, { classes: 100 })).toBeLessThan(0.35);
  });
});
