import { clone, concat, slice, tidy, type Tensor } from "@tensorflow/tfjs-core";

import {
  cloneParams,
  disposeParams,
  LtuError,
  mapParams,
  type Model,
  type ModelWeights,
  type Rng,
} from "@ltu/core";

/** A model and its weights. */
export interface WeightedModel {
  readonly model: Model;
  readonly weights: ModelWeights;
}

/**
 * The same model with one class more. Its last linear layer is whatever changes its shape with the number of classes:
 * every parameter that has one axis of C entries in this model and of C + 1 in `model.withClasses(C + 1)`. The old
 * entries are copied; the new ones are those of the wider model's own `init`. All else is copied as it is.
 *
 * @returns The wider model and its weights; the caller disposes them.
 * @throws LtuError `SHAPE` when the two models differ in another way, or not at all.
 */
export function widenClasses(
  method: string,
  { model, weights }: WeightedModel,
  { rng }: { readonly rng: Rng },
): WeightedModel {
  const wider = model.withClasses(model.classes + 1);
  const fresh = wider.init(rng);
  try {
    const params = tidy(() => {
      let widened = 0;
      const next = mapParams(weights.params, (old, name) => {
        const axis = classAxis(method, model, { name, old, fresh: fresh.params[name] });
        if (axis === undefined) return clone(old);
        widened += 1;
        const begin = old.shape.map((_, a) => (a === axis ? model.classes : 0));
        const size = old.shape.map((length, a) => (a === axis ? 1 : length));
        return concat([old, slice(fresh.params[name] as Tensor, begin, size)], axis);
      });
      if (widened > 0) return next as never;
      throw wrong(method, model, "a last layer that grows with the number of classes", "none");
    }) as unknown as ModelWeights["params"];
    return { model: wider, weights: { params, stats: cloneParams(weights.stats) } };
  } finally {
    [fresh.params, fresh.stats].forEach(disposeParams);
  }
}

/**
 * Cuts the extra class off again: the reverse of {@link widenClasses} for weights of the wider model.
 *
 * @returns Weights of `model`; the caller disposes them. Those of the wider model stay.
 */
export function dropLastClass(
  method: string,
  { model, original }: { readonly model: Model; readonly original: ModelWeights },
  widened: ModelWeights,
): ModelWeights {
  const params = mapParams(original.params, (old, name) => {
    const wide = widened.params[name] as Tensor;
    const axis = classAxis(method, model, { name, old, fresh: wide });
    return axis === undefined
      ? clone(wide)
      : slice(
          wide,
          old.shape.map(() => 0),
          old.shape,
        );
  });
  return { params, stats: cloneParams(widened.stats) };
}

/** The axis along which a parameter has one entry for each class; `undefined` where its shape stays. */
function classAxis(
  method: string,
  model: Model,
  { name, old, fresh }: { readonly name: string; readonly old: Tensor; readonly fresh: Tensor | undefined },
): number | undefined {
  const expected = `parameters that only grow from ${model.classes} to ${model.classes + 1} classes`;
  const found = `${name} of shape [${old.shape.join(", ")}] and [${fresh?.shape.join(", ") ?? "none"}]`;
  if (fresh === undefined || fresh.rank !== old.rank) throw wrong(method, model, expected, found);
  const axes = old.shape.flatMap((length, axis) => (fresh.shape[axis] === length ? [] : [axis]));
  const [axis] = axes;
  if (axis === undefined) return undefined;
  if (axes.length > 1 || old.shape[axis] !== model.classes || fresh.shape[axis] !== model.classes + 1) {
    throw wrong(method, model, expected, found);
  }
  return axis;
}

function wrong(method: string, model: Model, expected: string, found: string): LtuError {
  return new LtuError(
    "SHAPE",
    `${method}: expected ${expected} in withClasses of ${model.name}, found ${found}; give a model whose last linear layer alone depends on its classes.`,
  );
}
