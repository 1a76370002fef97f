import { disposeParams, type Params } from "@ltu/core";

/** What `metaGradient` returns; `disposeMetaGradient` releases all of it. */
export interface MetaGradient {
  /** The meta-gradient g = tuneGradient + testGradient - innerLr * curvature. */
  readonly gradient: Params;
  /** The gradient of the tune loss at theta; with Reptile, the sum over its steps. */
  readonly tuneGradient: Params;
  /** v: testWeight times the mean gradient of the test losses at theta_tau; zero without tests. Reptile: their sum. */
  readonly testGradient: Params;
  /** c: H v with H the Hessian of the tune loss at theta, or its like for several steps; `undefined` in first order. */
  readonly curvature: Params | undefined;
  /** The tune loss at theta. */
  readonly tuneLoss: number;
  /** The tune loss at the start of each inner step, the first one at theta. */
  readonly innerLosses: readonly number[];
  /** Each test loss at theta_tau; with Reptile, where its step began. */
  readonly testLosses: readonly number[];
  /** Evaluations of a gradient: of the tune loss (inner steps and curvature included), and of all test losses. */
  readonly evaluations: { readonly tune: number; readonly test: number };
}

/** Disposes every tensor of a {@link MetaGradient}. */
export function disposeMetaGradient(result: MetaGradient): void {
  [result.gradient, result.tuneGradient, result.testGradient, result.curvature ?? {}].forEach(disposeParams);
}
