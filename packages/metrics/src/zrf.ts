import { checkNumbers } from "./check-numbers.ts";

/**
 * ZRF ("zero retrain forgetting"): how alike a model and an incompetent teacher answer on the forget set.
 *
 * ZRF = 1 - (1/n) sum over x of JS(p(x), t(x)),   JS(p, t) = KL(p || m)/2 + KL(t || m)/2,   m = (p + t)/2
 *
 * Natural logarithm, so a divergence is at most log 2 and ZRF at least 1 - log 2 = 0.307. Neither end is good: a
 * retrained model knows something of samples that it has never seen, so the target is its own ZRF.
 *
 * @param logits - The model's on the forget set, `[samples, classes]` row-major.
 * @param teacherLogits - Those of a model of the same shape with random weights, in the same order of samples.
 * @param options - `classes`: the number of logits a sample.
 * @returns 1 - log 2 to 1.
 * @throws RangeError when sizes disagree or a logit is not finite.
 *
 * Source: Chundawat et al., Can Bad Teaching Induce Forgetting?, AAAI 2023, section 4.3.
 * *Differs from* released code, which swaps the arguments of its divergences and divides by the number of classes too.
 *
 * @example
 * ```ts
 * import { zrf } from "@ltu/metrics";
 *
 * console.log(zrf([0, 0], [0, 0], { classes: 2 })); // → 1
 * console.log(zrf([50, -50], [-50, 50], { classes: 2 }).toFixed(3)); // → 0.307
 * ```
 */
export function zrf(
  logits: ArrayLike<number>,
  teacherLogits: ArrayLike<number>,
  { classes }: { readonly classes: number },
): number {
  checkNumbers("zrf", "logits", logits);
  checkNumbers("zrf", "teacherLogits", teacherLogits);
  if (!Number.isInteger(classes) || classes < 1 || logits.length % classes !== 0) {
    throw new RangeError(
      `zrf: expected rows of ${classes} logits, found ${logits.length} logits; give one row a sample.`,
    );
  }
  if (teacherLogits.length !== logits.length) {
    throw new RangeError(
      `zrf: both models need the same samples, found ${logits.length} and ${teacherLogits.length} logits; ask both about one set.`,
    );
  }
  const samples = logits.length / classes;
  let total = 0;
  for (let i = 0; i < samples; i++) {
    total += jensenShannon(
      softmax(logits, i * classes, classes),
      softmax(teacherLogits, i * classes, classes),
    );
  }
  return 1 - total / samples;
}

/** Jensen-Shannon divergence of two distributions, natural logarithm: 0 to log 2. */
function jensenShannon(p: Float64Array, q: Float64Array): number {
  let divergence = 0;
  for (let k = 0; k < p.length; k++) {
    const [a, b] = [p[k] as number, q[k] as number];
    const middle = (a + b) / 2;
    if (a > 0) divergence += (a * Math.log(a / middle)) / 2;
    if (b > 0) divergence += (b * Math.log(b / middle)) / 2;
  }
  return Math.min(Math.max(divergence, 0), Math.LN2);
}

function softmax(logits: ArrayLike<number>, start: number, count: number): Float64Array {
  let largest = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < count; k++) largest = Math.max(largest, logits[start + k] as number);
  const values = Float64Array.from({ length: count }, (_, k) =>
    Math.exp((logits[start + k] as number) - largest),
  );
  const sum = values.reduce((a, b) => a + b, 0);
  return values.map((value) => value / sum);
}
