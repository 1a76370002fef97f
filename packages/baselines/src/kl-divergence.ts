import {
  div,
  exp,
  logSoftmax,
  mean,
  mul,
  sub,
  sum,
  tidy,
  type Scalar,
  type Tensor2D,
} from "@tensorflow/tfjs-core";

/**
 * The Kullback-Leibler divergence of a student from its teacher, mean over the batch:
 *
 * KL(p_t || p_s) = (1 / n) sum_i sum_k p_t (log p_t - log p_s), p = softmax(logits / temperature).
 *
 * @param teacher - Logits `[batch, classes]`; not differentiable.
 * @param student - Logits `[batch, classes]`; differentiable.
 * @param options - `temperature`: both are divided by it; default 1.
 * @returns A scalar of at least 0; the caller disposes it.
 */
export function klDivergence(
  teacher: Tensor2D,
  student: Tensor2D,
  { temperature = 1 }: { readonly temperature?: number } = {},
): Scalar {
  return tidy(() => {
    const logTeacher = logSoftmax(div(teacher, temperature));
    const logStudent = logSoftmax(div(student, temperature));
    return mean(sum(mul(exp(logTeacher), sub(logTeacher, logStudent)), 1)) as Scalar;
  });
}
