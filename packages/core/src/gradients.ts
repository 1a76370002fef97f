import { clone, engine, tidy, zerosLike, type Scalar, type Tensor } from "@tensorflow/tfjs-core";

import type { Params } from "./params.ts";

/** The value of a scalar loss and its gradient; the caller disposes both. */
export interface ValueAndGradient {
  readonly value: Scalar;
  readonly gradient: Params;
}

/**
 * The value of `loss` at `params` and its gradient with respect to every tensor of `params`.
 *
 * Must not be called inside another gradient: nested differentiation is silently wrong in TensorFlow.js
 * (docs/architecture.md); curvature comes from `@ltu/meta-opt` by central difference.
 *
 * @param loss - A function of the parameter tree that returns a scalar. Tensors that it keeps (`keep`) survive.
 * @returns Value and gradient; a parameter that the loss does not depend on has a zero gradient.
 */
export function valueAndGradient(loss: (params: Params) => Scalar, params: Params): ValueAndGradient {
  const names = Object.keys(params);
  const tensors = names.map((name) => params[name] as Tensor);
  return tidy(() => {
    const { value, grads } = gradientsOf(() => loss(params), tensors);
    const gradient = Object.fromEntries(
      names.map((name, i) => [name, (grads[i] as Tensor | null) ?? zerosLike(tensors[i] as Tensor)]),
    );
    // A loss may return a parameter as it is; the value must still be the caller's to dispose.
    const own = tensors.includes(value) ? clone(value) : value;
    return { value: own as Scalar, gradient } as unknown as Record<string, never>;
  }) as unknown as ValueAndGradient;
}

/** TensorFlow.js's gradients; when the loss throws, what its tape had saved is released, which it does not do itself. */
function gradientsOf(loss: () => Scalar, tensors: Tensor[]): { value: Tensor; grads: Tensor[] } {
  try {
    return engine().gradients(loss, tensors, undefined, true);
  } catch (error) {
    releaseTape();
    throw error;
  }
}

function releaseTape(): void {
  const { state } = engine();
  if (state.gradientDepth > 0) return;
  for (const { saved } of state.activeTape ?? []) for (const tensor of saved ?? []) tensor.dispose();
  state.activeTape = [];
}
