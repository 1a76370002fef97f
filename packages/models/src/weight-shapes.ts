import { disposeParams, type Model, type Params, type Rng } from "@ltu/core";

/** Shapes of a model's weights by name, in its order. */
export interface WeightShapes {
  readonly params: ReadonlyMap<string, readonly number[]>;
  readonly stats: ReadonlyMap<string, readonly number[]>;
}

/** The names and shapes of a model's weights, without the time that drawing them takes. */
export function weightShapes(model: Model): WeightShapes {
  const { params, stats } = model.init(still);
  const shapesOf = (tree: Params): ReadonlyMap<string, readonly number[]> =>
    new Map(Object.entries(tree).map(([name, { shape }]) => [name, shape]));
  const shapes = { params: shapesOf(params), stats: shapesOf(stats) };
  [params, stats].forEach(disposeParams);
  return shapes;
}

/** A stream without draws. */
const still: Rng = {
  key: "still",
  split: () => still,
  uniform: () => 0.5,
  integer: () => 0,
  normal: () => 0,
  normals: (length) => new Float32Array(length),
  permutation: (length) => Int32Array.from({ length }, (_, i) => i),
  choice: (values, count) => values.slice(0, count),
};
