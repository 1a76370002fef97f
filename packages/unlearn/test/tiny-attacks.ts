import {
  add,
  exp,
  log,
  max,
  mul,
  oneHot,
  sub,
  sum,
  tidy,
  zerosLike,
  type Tensor1D,
} from "@tensorflow/tfjs-core";

import type { FeedbackAttack, NonMemberStatistics } from "@ltu/core";

/** Mean, spread and sorted values, as an attack holds them of non-members. */
export function statisticsOf(values: readonly number[]): NonMemberStatistics {
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / values.length;
  return { mean, spread: Math.sqrt(variance), sorted: values.toSorted((a, b) => a - b) };
}

/** Logistic regression on phi = log p_y / (1 - p_y) with given coefficients: u = slope phi + offset. */
export function phiAttack(
  name: string,
  { slope, offset, nonMember }: { slope: number; offset: number; nonMember: NonMemberStatistics },
): FeedbackAttack {
  return {
    role: "feedback",
    name,
    heldOutAuc: 0.8,
    nonMember,
    score: (logits, labels) =>
      tidy(() => {
        const isTrue = oneHot(labels, logits.shape[1]);
        const own = sum(mul(logits, isTrue), 1);
        // The true class is pushed far below the others instead of being left out.
        const others = sub(logits, mul(isTrue, 1e4));
        const top = max(others, 1, true);
        const rest = add(log(sum(exp(sub(others, top)), 1)), max(others, 1));
        return add(mul(sub(own, rest), slope), offset) as Tensor1D;
      }),
    toJSON: () => ({ name, slope, offset }),
  };
}

/** An attack that gives every sample the same logit, whatever the model says. */
export function constantAttack(value: number): FeedbackAttack {
  return {
    role: "feedback",
    name: "constant",
    heldOutAuc: 0.5,
    nonMember: { mean: value, spread: 0, sorted: [value, value] },
    score: (logits) => tidy(() => add(sum(zerosLike(logits), 1), value) as Tensor1D),
    toJSON: () => ({ value }),
  };
}
