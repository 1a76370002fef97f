import { LtuError, type Params } from "@ltu/core";

import { checkOptionNames } from "./check-options.ts";
import { geometryOf, meanWeights, measureGradients, sumByLayer } from "./join-gradients.ts";
import type { Scope } from "./layers.ts";
import type { PcgradOptions } from "./pcgrad.ts";
import { rules, type Rule, type RuleName, type RuleOptions } from "./rules.ts";

/** Options of {@link combine}: a rule by name with the options of that rule, or a rule of your own. */
export type CombineOptions =
  | { [Name in RuleName]: { readonly rule: Name } & ScopeOption & RuleOptions[Name] }[RuleName]
  | ({ readonly rule: Rule } & ScopeOption);

interface ScopeOption {
  /** Inner products over all parameters together (default), or weights of its own for each layer. */
  readonly scope?: Scope | undefined;
}

/** How k gradients lie to each other, and what a rule made of it. */
export interface GradientGeometry {
  /** The norms of the k gradients. */
  readonly norms: readonly number[];
  /** The cosines of each with each, `[k][k]`; 0 in the row and column of a zero gradient. */
  readonly cosines: readonly (readonly number[])[];
  /** Whether two of them have a negative inner product. */
  readonly conflicted: boolean;
  /** The k weights. */
  readonly weights: readonly number[];
}

/** What happened in one layer. */
export interface CombinedLayer extends GradientGeometry {
  /** What the names of its parameters share before the last dot; `all` with scope `global`. */
  readonly name: string;
  /** The names of its parameters. */
  readonly parameters: readonly string[];
}

/**
 * What {@link combine} returns; the caller disposes `gradient`. Norms and cosines are over all parameters. With scope
 * `layer`, `conflicted` says whether any layer is in conflict, and `weights` are the mean over all scalars.
 */
export interface Combined extends GradientGeometry {
  /** The one gradient: the weighted sum. */
  readonly gradient: Params;
  /** The same for each layer; with scope `global` a single one. */
  readonly layers: readonly CombinedLayer[];
}

/**
 * Combines any number of gradients into one: G = sum_i w_i g_i, with weights that a rule finds in their inner products.
 *
 * @param gradients - At least two, with the same names and shapes; borrowed.
 * @param options - `rule`: one of {@link rules}, with its own options beside it, or a function from a Gramian to weights.
 * With scope `layer`, random orders of PCGrad come from `rng.split(layer)`.
 * @returns G, which the caller disposes, and what a log wants to know.
 * @throws LtuError `SHAPE` for fewer than two gradients and for trees that do not fit together, `DIVERGED` for entries
 * that are not finite, `OPTION` for an unknown rule or option and for a rule that does not return k finite weights.
 *
 * Source: each rule names its own. The form, Gramian to weights, is that of P. Quinton, V. Rey, "Jacobian Descent for
 * Multi-Objective Optimization", 2024, and TorchJD.
 *
 * @example
 * ```ts
 * import { tensor1d } from "@tensorflow/tfjs-core";
 * import { combine } from "@ltu/harmonize";
 *
 * const gradients = [{ w: tensor1d([1, 0]) }, { w: tensor1d([-1, 1]) }];
 * const { gradient, weights } = await combine(gradients, { rule: "upgrad" });
 * console.log(weights, await gradient.w?.array()); // → [ 1, 0.75 ] [ 0.25, 0.75 ]
 * ```
 */
export async function combine(gradients: readonly Params[], options: CombineOptions): Promise<Combined> {
  const { rule, scope = "global", ...ruleOptions } = options;
  if (!Array.isArray(gradients) || gradients.length < 2) {
    const found = Array.isArray(gradients) ? gradients.length : typeof gradients;
    throw new LtuError(
      "SHAPE",
      `combine: gradients must be a list of at least two parameter trees, found ${found}; give one gradient a loss.`,
    );
  }
  const weigh = weigherOf(rule, ruleOptions);
  const labels = gradients.map((gradient, i): [string, Params] => [`gradients[${i}]`, gradient as Params]);
  const measured = await measureGradients("combine", Object.fromEntries(labels), scope);
  const weights = measured.layers.map(({ name, gram }) =>
    checkedWeights(weigh(gram, scope === "layer" ? name : undefined), gradients.length),
  );
  const layers = measured.layers.map(({ name, parameters, gram }, l) => ({
    name,
    parameters,
    ...geometryOf(gram),
    weights: weights[l] as number[],
  }));
  return {
    gradient: sumByLayer(measured, weights),
    ...geometryOf(measured.gram),
    conflicted: layers.some(({ conflicted }) => conflicted),
    weights: meanWeights(measured, weights),
    layers,
  };
}

/** A function from a layer's Gramian to weights. Options that no rule knows are refused before any work. */
function weigherOf(
  rule: RuleName | Rule,
  options: object,
): (gram: Float64Array, layer: string | undefined) => ArrayLike<number> {
  if (typeof rule === "function") {
    checkOptionNames("combine", options, ["rule", "scope"]);
    return (gram) => rule(gram);
  }
  if (!Object.hasOwn(rules, rule)) {
    throw new LtuError(
      "OPTION",
      `combine: rule must be one of ${Object.keys(rules).join(", ")} or a function of your own, found "${String(rule)}"; choose one of them.`,
    );
  }
  const named = rules[rule] as (gram: ArrayLike<number>, options: object) => number[];
  // A zero Gramian of two: whatever is wrong with the options shows here, before gradients are read.
  named([0, 0, 0, 0], options);
  const { rng } = options as PcgradOptions;
  return (gram, layer) =>
    named(gram, rng === undefined || layer === undefined ? options : { ...options, rng: rng.split(layer) });
}

function checkedWeights(found: ArrayLike<number>, count: number): number[] {
  const weights = Array.from(found);
  if (weights.length !== count || !weights.every(Number.isFinite)) {
    throw new LtuError(
      "OPTION",
      `combine: the rule must return ${count} finite weights, found [${weights.join(", ")}]; correct the rule.`,
    );
  }
  return weights;
}
