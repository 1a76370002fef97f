import { clone, tidy } from "@tensorflow/tfjs-core";

import { addScaledParams, mapParams, type Params } from "@ltu/core";

/**
 * Meta-tune: the temporary weights theta_tau = theta - innerLr * gradient.
 *
 * @param params - theta; borrowed.
 * @param gradient - The gradient of the tune loss at theta; borrowed.
 * @param options - `innerLr`, and `chosen`: the names that move, by default all.
 * @returns theta_tau; the caller disposes it.
 */
export function innerStep(
  params: Params,
  gradient: Params,
  { innerLr, chosen }: { readonly innerLr: number; readonly chosen?: ReadonlySet<string> | undefined },
): Params {
  return tidy(() => {
    const moved = addScaledParams(params, gradient, -innerLr);
    if (chosen === undefined) return moved;
    return mapParams(params, (tensor, name) => (chosen.has(name) ? (moved[name] ?? tensor) : clone(tensor)));
  });
}
