import { addScaledParams, type Params } from "@ltu/core";

/**
 * Meta-tune: the temporary weights theta_tau = theta - innerLr * gradient.
 *
 * @param params - theta; borrowed.
 * @param gradient - The gradient of the tune loss at theta; borrowed.
 * @returns theta_tau; the caller disposes it.
 */
export function innerStep(
  params: Params,
  gradient: Params,
  { innerLr }: { readonly innerLr: number },
): Params {
  return addScaledParams(params, gradient, -innerLr);
}
