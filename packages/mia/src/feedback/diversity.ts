import { sum, tensor1d, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";

import { LtuError, valueAndGradient, type FeedbackAttack } from "@ltu/core";
import { auc } from "@ltu/metrics";

import { meanOf } from "./features.ts";
import type { SampleOutputs } from "./sample-outputs.ts";

/** Samples that fitted none of the attacks. */
export interface DiversityData {
  readonly members: SampleOutputs;
  readonly nonMembers: SampleOutputs;
}

/** How different some attacks are. Matrices have a row and a column for each attack, in the order given. */
export interface Diversity {
  readonly names: readonly string[];
  /** Pearson correlation of the scores over all samples; 0 for an attack whose score does not vary. */
  readonly correlation: readonly (readonly number[])[];
  /** Share of all samples, 0 to 1, that exactly one of the two calls a member (score above 0). */
  readonly disagreement: readonly (readonly number[])[];
  /** Mean over samples of the cosine between the two scores' gradients with respect to the logits. */
  readonly gradientCosine: readonly (readonly number[])[];
  /** AUC of each attack alone. */
  readonly auc: readonly number[];
  /** AUC of the mean of all standardised scores. */
  readonly ensembleAuc: number;
  /** `ensembleAuc` minus the same without the attack; without the only attack there is 1/2. */
  readonly marginalBenefit: readonly number[];
}

/**
 * How different attacks are, and what each adds to the others.
 *
 * A score is standardised with the attack's own mean and spread over non-members, as `@ltu/unlearn` does; the ensemble's
 * score is the mean of the standardised scores. Samples where one of two gradients is zero are left out of the cosine,
 * which is 0 where none is left.
 *
 * @param attacks - One or more, fitted.
 * @param data - Members and non-members that fitted none of them, with indexes where an attack needs them.
 * @returns Numbers only; nothing to dispose.
 * @throws LtuError `OPTION` without attacks, `DATA` without samples of either kind.
 *
 * Source: disagreement and correlation as in Kuncheva and Whitaker, Measures of Diversity in Classifier Ensembles,
 * 2003; the marginal benefit is a leave-one-out difference, ours.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { diversity, trainFeedback } from "@ltu/mia/feedback";
 *
 * const rng = createRng(1);
 * const outputs = (name: string, margin: number) => ({
 *   logits: rng.split(name).normals(800).map((noise, i) => noise + (i % 4 === 0 ? margin : 0)),
 *   labels: new Int32Array(200),
 *   classes: 4,
 * });
 * const attacks = await trainFeedback({
 *   attacks: ["phi-logistic", "entropy-mlp"],
 *   members: outputs("members", 4),
 *   nonMembers: outputs("nonMembers", 1),
 *   rng: rng.split("attacks"),
 * });
 * const data = { members: outputs("other members", 4), nonMembers: outputs("others", 1) };
 * const { correlation, marginalBenefit } = await diversity(attacks, data);
 * console.log(correlation[0][1] > 0.5, marginalBenefit.length); // → true 2
 * ```
 */
export async function diversity(
  attacks: readonly FeedbackAttack[],
  { members, nonMembers }: DiversityData,
): Promise<Diversity> {
  if (attacks.length === 0) {
    throw new LtuError("OPTION", "diversity: expected at least one attack, found none; fit some first.");
  }
  const [memberCount, nonMemberCount] = [members.labels.length, nonMembers.labels.length];
  if (memberCount === 0 || nonMemberCount === 0) {
    throw new LtuError(
      "DATA",
      `diversity: expected members and non-members, found ${memberCount} and ${nonMemberCount}; give both.`,
    );
  }
  const { classes } = members;
  const inside: Answers[] = [];
  const outside: Answers[] = [];
  for (const attack of attacks) {
    inside.push(await answersOf(attack, members));
    outside.push(await answersOf(attack, nonMembers));
  }
  const all = inside.map(({ scores, gradients }, k) => ({
    scores: joined(scores, (outside[k] as Answers).scores),
    gradients: joined(gradients, (outside[k] as Answers).gradients),
  }));
  const matrix = (of: (a: Answers, b: Answers) => number): number[][] =>
    all.map((a) => all.map((b) => of(a, b)));
  const standardised = attacks.map(({ nonMember: { mean, spread } }, k) =>
    (all[k] as Answers).scores.map((score) => (score - mean) / (spread > 0 ? spread : 1)),
  );
  const aucOf = (chosen: readonly Float64Array[]): number => {
    if (chosen.length === 0) return 0.5;
    const score = (chosen[0] as Float64Array).map((_, i) =>
      chosen.reduce((total, scores) => total + (scores[i] as number), 0),
    );
    return auc(score.subarray(0, memberCount), score.subarray(memberCount));
  };
  const ensembleAuc = aucOf(standardised);
  return {
    names: attacks.map(({ name }) => name),
    correlation: matrix((a, b) => correlationOf(a.scores, b.scores)),
    disagreement: matrix((a, b) => disagreementOf(a.scores, b.scores)),
    gradientCosine: matrix((a, b) => meanCosine(a.gradients, b.gradients, classes)),
    auc: standardised.map((scores) => aucOf([scores])),
    ensembleAuc,
    marginalBenefit: attacks.map(
      (_, k) => ensembleAuc - aucOf(standardised.filter((_own, other) => other !== k)),
    ),
  };
}

/** Scores `[samples]` and their gradients with respect to the logits `[samples, classes]`, read back. */
interface Answers {
  readonly scores: Float64Array;
  readonly gradients: Float64Array;
}

async function answersOf(
  attack: FeedbackAttack,
  { logits, labels, classes, indexes }: SampleOutputs,
): Promise<Answers> {
  const [scores, gradient] = tidy(() => {
    const z = tensor2d(logits, [labels.length, classes]);
    const y = tensor1d(labels, "int32");
    const score = (at: Tensor2D): ReturnType<FeedbackAttack["score"]> =>
      attack.score(at, y, indexes && { indexes });
    // A score depends on its own sample alone, so the gradient of the sum holds the gradient of each.
    const { gradient: tree } = valueAndGradient((params) => sum(score(params["z"] as Tensor2D)) as Scalar, {
      z,
    });
    return [score(z), tree["z"] as Tensor2D];
  }) as [ReturnType<FeedbackAttack["score"]>, Tensor2D];
  try {
    return {
      scores: Float64Array.from(await scores.data()),
      gradients: Float64Array.from(await gradient.data()),
    };
  } finally {
    scores.dispose();
    gradient.dispose();
  }
}

function correlationOf(a: Float64Array, b: Float64Array): number {
  const [meanA, meanB] = [meanOf(a), meanOf(b)];
  const product = cosine(
    a.map((value) => value - meanA),
    b.map((value) => value - meanB),
  );
  return product ?? 0;
}

function disagreementOf(a: Float64Array, b: Float64Array): number {
  return a.filter((score, i) => score > 0 !== (b[i] as number) > 0).length / a.length;
}

function meanCosine(a: Float64Array, b: Float64Array, classes: number): number {
  const cosines = Array.from({ length: a.length / classes }, (_, i) =>
    cosine(a.subarray(i * classes, (i + 1) * classes), b.subarray(i * classes, (i + 1) * classes)),
  ).filter((value) => value !== undefined);
  return cosines.length === 0 ? 0 : cosines.reduce((total, value) => total + value, 0) / cosines.length;
}

/** The cosine of two vectors; undefined when one of them is zero. */
function cosine(a: Float64Array, b: Float64Array): number | undefined {
  const [lengthA, lengthB] = [a, b].map((vector) =>
    Math.sqrt(vector.reduce((total, value) => total + value * value, 0)),
  ) as [number, number];
  if (lengthA === 0 || lengthB === 0) return undefined;
  return a.reduce((total, value, i) => total + (value / lengthA) * ((b[i] as number) / lengthB), 0);
}

function joined(first: Float64Array, second: Float64Array): Float64Array {
  return Float64Array.from([...first, ...second]);
}
