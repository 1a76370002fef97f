import { mul, square, sub, sum, tensor1d, tidy, type Scalar } from "@tensorflow/tfjs-core";

import {
  addScaledParams,
  createRng,
  disposeParams,
  valueAndGradient,
  type Params,
  type Rng,
} from "@ltu/core";

type Loss = (params: Params) => Scalar;

/** Makes one gradient of two, such as `harmonize` does; the descent disposes it. */
export type JoinGradients = (
  rememberGradient: Params,
  forgetGradient: Params,
) => Promise<{ readonly gradient: Params }>;

/** By how much two losses changed over a descent. */
export interface ConflictOutcome {
  readonly remember: number;
  readonly forget: number;
}

const dimension = 20;
const steps = 20;
const learningRate = 0.02;

/**
 * Descends two quadratic losses whose gradients conflict by construction: at the start their cosine lies from -0.8 to
 * -0.5, and the forgetting gradient is 2.5 to 4 times as long as the remembering one.
 *
 * 1/2 sum_i h_i (t_i - c_i)^2 with h_i in [0.5, 1.5) and the centre that gives the wanted gradient at t = 0; 20
 * dimensions, 20 steps of 0.02.
 *
 * @param seed - Of the directions, lengths and curvatures.
 * @param join - The rule under test.
 */
export async function descendInConflict(seed: number, join: JoinGradients): Promise<ConflictOutcome> {
  const { remember, forget, owned } = conflictingLosses(seed);
  let params: Params = { t: tensor1d(new Float32Array(dimension)) };
  const before = [await valueOf(remember, params), await valueOf(forget, params)] as const;
  for (let step = 0; step < steps; step++) {
    const [r, f] = [valueAndGradient(remember, params), valueAndGradient(forget, params)];
    const { gradient } = await join(r.gradient, f.gradient);
    const next = addScaledParams(params, gradient, -learningRate);
    [params, gradient, r.gradient, f.gradient].forEach(disposeParams);
    [r.value, f.value].forEach((value) => value.dispose());
    params = next;
  }
  const after = [await valueOf(remember, params), await valueOf(forget, params)] as const;
  [params, ...owned].forEach(disposeParams);
  return { remember: after[0] - before[0], forget: after[1] - before[1] };
}

function conflictingLosses(seed: number): { remember: Loss; forget: Loss; owned: Params[] } {
  const rng = createRng(seed).split("mechanism");
  const u = unit(Array.from(rng.normals(dimension)));
  const raw = Array.from(rng.normals(dimension));
  const v = unit(raw.map((value, i) => value - dot(raw, u) * (u[i] as number)));
  const cosine = -0.8 + 0.3 * rng.uniform();
  const length = 2.5 + 1.5 * rng.uniform();
  const g = u.map((value, i) => length * (cosine * value + Math.sqrt(1 - cosine ** 2) * (v[i] as number)));
  const [remember, forget] = [quadratic(u, rng), quadratic(g, rng)];
  return { remember: remember.loss, forget: forget.loss, owned: [remember.owned, forget.owned] };
}

function quadratic(gradientAtZero: readonly number[], rng: Rng): { loss: Loss; owned: Params } {
  const curvature = gradientAtZero.map(() => 0.5 + rng.uniform());
  const h = tensor1d(curvature);
  const c = tensor1d(gradientAtZero.map((value, i) => -value / (curvature[i] as number)));
  const loss: Loss = ({ t }) => mul(0.5, sum(mul(h, square(sub(t as typeof c, c))))) as Scalar;
  return { loss, owned: { h, c } };
}

async function valueOf(loss: Loss, params: Params): Promise<number> {
  const value = tidy(() => loss(params));
  const [number] = await value.data();
  value.dispose();
  return number as number;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((total, value, i) => total + value * (b[i] as number), 0);
}

function unit(a: readonly number[]): number[] {
  const length = Math.sqrt(dot(a, a));
  return a.map((value) => value / length);
}
