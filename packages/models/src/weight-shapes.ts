import { disposeParams, stillRng, type Model, type Params } from "@ltu/core";

/** Shapes of a model's weights by name, in its order. */
export interface WeightShapes {
  readonly params: ReadonlyMap<string, readonly number[]>;
  readonly stats: ReadonlyMap<string, readonly number[]>;
}

/** The names and shapes of a model's weights, without the time that drawing them takes. */
export function weightShapes(model: Model): WeightShapes {
  const { params, stats } = model.init(stillRng);
  const shapesOf = (tree: Params): ReadonlyMap<string, readonly number[]> =>
    new Map(Object.entries(tree).map(([name, { shape }]) => [name, shape]));
  const shapes = { params: shapesOf(params), stats: shapesOf(stats) };
  [params, stats].forEach(disposeParams);
  return shapes;
}
