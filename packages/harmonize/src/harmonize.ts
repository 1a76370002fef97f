import { LtuError, type Params } from "@ltu/core";

import { checkOptionNames } from "./check-options.ts";
import { conflictCoefficient } from "./conflict-coefficient.ts";
import { measureGradients, meanWeights, sumByLayer } from "./join-gradients.ts";
import type { Scope } from "./layers.ts";
import { harmonizeModes, type HarmonizeMode } from "./modes.ts";
import { cosineOf } from "./unit-gram.ts";

/** Options of {@link harmonize}. */
export interface HarmonizeOptions {
  /** Which gradient gives way in a conflict; default `"both"`. */
  readonly mode?: HarmonizeMode | undefined;
  /** What g_f is multiplied by before anything else, at least 0; default 1. */
  readonly forgetWeight?: number | undefined;
  /** Largest norm of the weighted g_f, as a multiple of |g_r|; default none. */
  readonly forgetNormCap?: number | undefined;
  /** Conflict over all parameters together (default), or judged and removed layer by layer. */
  readonly scope?: Scope | undefined;
}

/** How two gradients lie to each other, and what became of them. */
export interface PairGeometry {
  /** The cosine between the two gradients, in [-1, 1]; 0 where one of them is zero. */
  readonly cosine: number;
  /** Whether their inner product is negative. */
  readonly conflicted: boolean;
  /** The weights of the given g_r and g_f in G, `forgetScale` included. */
  readonly weights: readonly [number, number];
  /** |g_r| as given. */
  readonly rememberNorm: number;
  /** |g_f| as given. */
  readonly forgetNorm: number;
}

/** What happened in one layer. */
export interface HarmonizedLayer extends PairGeometry {
  /** What the names of its parameters share before the last dot; `all` with scope `global`. */
  readonly name: string;
  /** The names of its parameters. */
  readonly parameters: readonly string[];
}

/**
 * What {@link harmonize} returns; the caller disposes `gradient`. Cosine and norms are over all parameters. With scope
 * `layer`, `conflicted` says whether any layer is in conflict, and `weights` are the mean over all scalars.
 */
export interface Harmonized extends PairGeometry {
  /** The one gradient G, weights[0] g_r + weights[1] g_f; with scope `layer`, by the weights of each layer. */
  readonly gradient: Params;
  /** The same for each layer; with scope `global` a single one. */
  readonly layers: readonly HarmonizedLayer[];
  /** What g_f was multiplied by before the projection: `forgetWeight`, or less where the cap decides. */
  readonly forgetScale: number;
}

/**
 * The weights of g_r and g_f in the harmonized gradient, from their Gramian alone.
 *
 * With c = <g_r, g_f> negative: `forgetOnly` adds -c/|g_r|^2 to the weight of g_r, `rememberOnly` adds
 * -c/|g_f|^2 to that of g_f, `both` does both. Otherwise 1 and 1.
 *
 * @param gram - `[2, 2]` row-major, float64: |g_r|^2, c, c, |g_f|^2.
 */
export function harmonizeWeights(gram: ArrayLike<number>, mode: HarmonizeMode): [number, number] {
  const [rememberSquared, dot, , forgetSquared] = Array.from(gram) as [number, number, number, number];
  const forgetGivesWay = mode === "forgetOnly" || mode === "both";
  const rememberGivesWay = mode === "rememberOnly" || mode === "both";
  return [
    1 + (forgetGivesWay ? conflictCoefficient(dot, rememberSquared) : 0),
    1 + (rememberGivesWay ? conflictCoefficient(dot, forgetSquared) : 0),
  ];
}

/** min(weight, cap |g_r| / |g_f|). */
function forgetScaleOf(
  [rememberNorm, forgetNorm]: readonly [number, number],
  {
    forgetWeight,
    forgetNormCap,
  }: { readonly forgetWeight: number; readonly forgetNormCap: number | undefined },
): number {
  if (forgetNormCap === undefined || forgetNorm === 0) return forgetWeight;
  return Math.min(forgetWeight, (forgetNormCap * rememberNorm) / forgetNorm);
}

/**
 * Gradient Harmonization: joins the remembering and the forgetting gradient, and removes what conflicts.
 *
 * With c = <g_r, g_f> over all parameters together: G = g_r + g_f if c is not negative. Otherwise
 * g_r' = g_r - (c/|g_f|^2) g_f and g_f' = g_f - (c/|g_r|^2) g_r, each from the original other gradient, and
 * G = g_r' + g_f' (`both`), g_r + g_f' (`forgetOnly`), g_r' + g_f (`rememberOnly`) or g_r + g_f (`off`).
 *
 * Scale-free: gradients of size 1e-20 and 1e20 are treated alike. An inner product of exactly zero is no
 * conflict, and a zero gradient leaves the other untouched.
 *
 * Before all this g_f is multiplied by min(forgetWeight, forgetNormCap |g_r| / |g_f|), norms over all parameters. With
 * scope `layer` the rest happens layer by layer, a layer being the parameters that share the name before the last dot.
 *
 * @param rememberGradient - g_r; borrowed.
 * @param forgetGradient - g_f, with the same names and shapes; borrowed.
 * @returns G, which the caller disposes, and what a log wants to know.
 * @throws LtuError `SHAPE` for trees that do not fit together, `DIVERGED` for entries that are not finite,
 * `OPTION` for an unknown mode, scope or option and for numbers out of range.
 *
 * Source: "Learning to Unlearn for Robust Machine Unlearning", M. H. Huang, L. G. Foo, J. Liu, ECCV 2024,
 * Gradient Harmonization. Which gradient gives way is not stated in what is public of it, so it is an option;
 * `both` is PCGrad (Tianhe Yu et al., 2020) for two tasks.
 *
 * @example
 * ```ts
 * import { tensor1d } from "@tensorflow/tfjs-core";
 * import { harmonize } from "@ltu/harmonize";
 *
 * const rememberGradient = { w: tensor1d([1, 0]) };
 * const forgetGradient = { w: tensor1d([-1, 1]) };
 * const { gradient, conflicted } = await harmonize(rememberGradient, forgetGradient, { mode: "forgetOnly" });
 * console.log(conflicted, await gradient.w?.array()); // → true [ 1, 1 ]
 * ```
 */
export async function harmonize(
  rememberGradient: Params,
  forgetGradient: Params,
  options: HarmonizeOptions = {},
): Promise<Harmonized> {
  checkOptionNames("harmonize", options, ["mode", "forgetWeight", "forgetNormCap", "scope"]);
  const { mode = "both", forgetWeight = 1, forgetNormCap, scope = "global" } = options;
  checkValues({ mode, forgetWeight, forgetNormCap });
  const measured = await measureGradients("harmonize", { rememberGradient, forgetGradient }, scope);
  const whole = pairOf(measured.gram);
  const forgetScale = forgetScaleOf([whole.rememberNorm, whole.forgetNorm], { forgetWeight, forgetNormCap });
  const layers = measured.layers.map(({ name, parameters, gram }) => ({
    name,
    parameters,
    ...pairOf(gram),
    weights: scaledWeights(gram, { mode, forgetScale }),
  }));
  const weights = layers.map((layer) => layer.weights);
  return {
    gradient: sumByLayer(measured, weights),
    ...whole,
    conflicted: layers.some(({ conflicted }) => conflicted),
    weights: meanWeights(measured, weights) as [number, number],
    forgetScale,
    layers,
  };
}

function pairOf(gram: Float64Array): Omit<PairGeometry, "weights"> {
  const [rememberSquared, dot, , forgetSquared] = gram as unknown as [number, number, number, number];
  const rememberNorm = Math.sqrt(rememberSquared);
  const forgetNorm = Math.sqrt(forgetSquared);
  return { cosine: cosineOf(dot, rememberNorm, forgetNorm), conflicted: dot < 0, rememberNorm, forgetNorm };
}

/** The weights of g_r and g_f as given, after g_f is multiplied by `forgetScale`. */
function scaledWeights(
  gram: Float64Array,
  { mode, forgetScale }: { readonly mode: HarmonizeMode; readonly forgetScale: number },
): [number, number] {
  const [rememberSquared, dot, , forgetSquared] = gram as unknown as [number, number, number, number];
  const scaledDot = forgetScale * dot;
  const [rememberShare, forgetShare] = harmonizeWeights(
    [rememberSquared, scaledDot, scaledDot, forgetScale ** 2 * forgetSquared],
    mode,
  );
  return [rememberShare, forgetScale * forgetShare];
}

function checkValues({
  mode,
  forgetWeight,
  forgetNormCap,
}: {
  readonly mode: HarmonizeMode;
  readonly forgetWeight: number;
  readonly forgetNormCap: number | undefined;
}): void {
  if (!harmonizeModes.includes(mode)) {
    throw new LtuError(
      "OPTION",
      `harmonize: mode must be one of ${harmonizeModes.join(", ")}, found "${String(mode)}"; choose one of them.`,
    );
  }
  for (const [name, value] of Object.entries({ forgetWeight, forgetNormCap: forgetNormCap ?? 0 })) {
    if (!Number.isFinite(value) || value < 0) {
      throw new LtuError(
        "OPTION",
        `harmonize: ${name} must be a number of at least 0, found ${value}; give another one.`,
      );
    }
  }
}
