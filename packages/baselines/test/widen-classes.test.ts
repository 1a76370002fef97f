import { zeros, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { createRng, disposeParams, type Model, type ModelWeights, type Rng } from "@ltu/core";
import { models } from "@ltu/models";

import { dropLastClass, widenClasses } from "../src/widen-classes.ts";
import { numbersOf } from "./run-tiny.ts";
import { tinyModel } from "./tiny-model.ts";

/** A stream that draws at once, for models of millions of weights. */
const quickRng = (key: string): Rng => ({
  ...createRng(1),
  split: (label) => quickRng(`${key}/${label}`),
  uniform: () => 0.75,
  normals: (length) => new Float32Array(length).fill(0.5),
});

const release = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

const description = {
  inputShape: [32, 32, 3],
  classes: 4,
  mean: [0.5, 0.5, 0.5],
  std: [0.2, 0.2, 0.2],
} as const;

describe("widenClasses", () => {
  it("copies the old outputs, and begins the new one as the model's own layers begin", async () => {
    const model = tinyModel(3);
    const weights = model.init(createRng(1));
    const fresh = tinyModel(4).init(createRng(2));
    const wide = widenClasses("test", { model, weights }, { rng: createRng(2) });
    const [before, drawn, after] = [
      await numbersOf(weights),
      await numbersOf(fresh),
      await numbersOf(wide.weights),
    ];
    const columns = (numbers: Record<string, number[]>, width: number): number[][] =>
      Array.from({ length: 6 }, (_, i) =>
        (numbers["fc.weight"] as number[]).slice(i * width, (i + 1) * width),
      );
    columns(after, 4).forEach((row, i) => {
      expect(row.slice(0, 3)).toEqual(columns(before, 3)[i]);
      expect(row[3]).toBe(columns(drawn, 4)[i]?.[3]);
    });
    expect(after["fc.bias"]).toEqual([...(before["fc.bias"] as number[]), drawn["fc.bias"]?.[3]]);
    expect(after["conv1.weight"]).toEqual(before["conv1.weight"]);
    expect(wide.model.classes).toBe(4);
    [weights, fresh, wide.weights].forEach(release);
  });

  it.each(Object.entries(models))(
    "finds the last layer of %s, and takes the extra class off again",
    (_, make) => {
      const model = (make as (options: object) => Model)({ ...description });
      const weights = model.init(quickRng("a"));
      const wide = widenClasses("test", { model, weights }, { rng: quickRng("b") });
      const shapes = ({ params }: ModelWeights): [string, number[]][] =>
        Object.entries(params).map(([name, { shape }]) => [name, shape]);
      const grown = shapes(wide.weights).filter(([name, shape]) =>
        shape.some((length, axis) => length !== (weights.params[name] as Tensor).shape[axis]),
      );
      expect(grown.map(([name]) => name.split(".").at(-1))).toEqual(["weight", "bias"]);
      expect(grown.map(([, shape]) => shape.at(-1))).toEqual([5, 5]);
      const back = dropLastClass("test", { model, original: weights }, wide.weights);
      expect(shapes(back)).toEqual(shapes(weights));
      [weights, wide.weights, back].forEach(release);
    },
  );

  it("refuses a model whose other layers depend on the number of classes, and one that ignores it", () => {
    const odd = (classes: number): Model => ({
      ...tinyModel(classes),
      init: () => ({
        params: { hidden: zeros([2, 2 * classes]), out: zeros([2 * classes, classes]) },
        stats: {},
      }),
      withClasses: odd,
    });
    const fixed = (classes: number): Model => ({
      ...odd(3),
      classes,
      init: (rng) => odd(3).init(rng),
      withClasses: fixed,
    });
    const weights = odd(3).init(createRng(1));
    for (const [model, words] of [
      [
        odd(3),
        /^test: expected parameters that only grow from 3 to 4 classes in withClasses of tiny, found hidden/,
      ],
      [fixed(3), /^test: expected a last layer that grows with the number of classes .*found none/],
    ] as const)
      expect(() => widenClasses("test", { model, weights }, { rng: createRng(1) })).toThrow(words);
    release(weights);
  });
});
