import type { Tensor } from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

/** Over which parameters the inner products run: all together, or layer by layer. */
export const scopes = ["global", "layer"] as const;

/** One of {@link scopes}. A layer is the parameters that share the name before the last dot. */
export type Scope = (typeof scopes)[number];

/** Some parameters that are judged together. */
export interface Layer {
  /** What their names share, or "all". */
  readonly name: string;
  /** The names of the parameters, in their order. */
  readonly parameters: readonly string[];
}

/**
 * The layers of a parameter tree: `conv1.weight` and `conv1.bias` are of layer `conv1`; a name without a dot is a
 * layer of its own. With scope `global` there is one, named `all`.
 */
export function layersOf(params: Params, scope: Scope): Layer[] {
  const names = Object.keys(params);
  if (scope === "global") return [{ name: "all", parameters: names }];
  const layers = new Map<string, string[]>();
  for (const name of names) {
    const dot = name.lastIndexOf(".");
    const layer = dot < 0 ? name : name.slice(0, dot);
    layers.set(layer, [...(layers.get(layer) ?? []), name]);
  }
  return [...layers].map(([name, parameters]) => ({ name, parameters }));
}

/** How many scalars the layer has. */
export function layerSize(params: Params, { parameters }: Layer): number {
  return parameters.reduce((total, name) => total + (params[name] as Tensor).size, 0);
}
