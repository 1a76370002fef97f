import {
  memory,
  mul,
  ones,
  serialization,
  softmax,
  sum,
  tensor,
  tidy,
  type Scalar,
  type Tensor,
  type Tensor4D,
} from "@tensorflow/tfjs-core";
import {
  constraints,
  initializers,
  input,
  layers,
  model as functional,
  sequential,
  type LayersModel,
  type LayerVariable,
  type Shape,
} from "@tensorflow/tfjs-layers";
import { describe, expect, it } from "vitest";

import {
  createRng,
  disposeParams,
  mapParams,
  valueAndGradient,
  type Model,
  type ModelWeights,
} from "@ltu/core";
import { fromLayersModel, type AdaptedModel } from "@ltu/models/layers-model";

import { disposeWeights, distance, fill, imagesOf, numbersOf, smallNetwork } from "./networks.ts";

/** Adapts a network that is then disposed, as nobody needs it any more. */
function adapt(
  network: LayersModel,
  options?: Parameters<typeof fromLayersModel>[1],
): { model: AdaptedModel; weights: ModelWeights } {
  const adapted = fromLayersModel(network, options);
  network.dispose();
  return adapted;
}

async function logitsOf(model: Model, weights: ModelWeights, images: Tensor4D): Promise<Float32Array> {
  const { logits, features } = model.apply(weights, images, { mode: "eval" });
  const numbers = await numbersOf(logits);
  [logits, features].forEach((made) => made.dispose());
  return numbers;
}

/** One weight a channel: a 1x1 convolution without bias, batch norm with momentum 0.9, then a dense layer. */
const byHand = (): LayersModel => {
  const network = sequential({
    layers: [
      layers.batchNormalization({ inputShape: [1, 1, 1], momentum: 0.9, epsilon: 0, name: "bn" }),
      layers.flatten(),
      layers.dense({ units: 2, name: "fc" }),
    ],
  });
  const values = [[2], [1], [[1, -1]], [0, 0.5], [4], [16]].map((value) => tensor(value as number[]));
  network.setWeights(values);
  values.forEach((value) => value.dispose());
  return network;
};

describe("fromLayersModel", () => {
  it("keeps the user's batch norm, by hand: momentum 0.9 and the biased variance of the batch", async () => {
    const { model, weights } = adapt(byHand());
    const images = tensor([1, 5], [2, 1, 1, 1]) as Tensor4D;
    const train = model.apply(weights, images, { mode: "train" });
    // The batch has mean 3 and variance 4: 1 and 5 become -1 and 1, then -1 and 3 by gamma 2 and beta 1.
    expect(Array.from(await numbersOf(train.features))).toEqual([-1, 3]);
    expect(Array.from(await numbersOf(train.logits))).toEqual([-1, 1.5, 3, -2.5]);
    // 0.9 x 4 + 0.1 x 3 and 0.9 x 16 + 0.1 x 4, without the factor n / (n - 1) of PyTorch.
    expect((await numbersOf(train.stats?.["bn/moving_mean"]))[0]).toBeCloseTo(3.9, 6);
    expect((await numbersOf(train.stats?.["bn/moving_variance"]))[0]).toBeCloseTo(14.8, 5);
    const evaluated = model.apply(weights, images, { mode: "eval" });
    // (1 - 4) / 4 and (5 - 4) / 4, times 2, plus 1.
    expect(Array.from(await numbersOf(evaluated.features))).toEqual([-0.5, 1.5]);
    [train.logits, train.features, evaluated.logits, evaluated.features, images].forEach((t) => t.dispose());
    disposeParams(train.stats ?? {});
    disposeWeights(weights);
  });

  it("leaves the running statistics alone in mode batch, and keeps new ones through a tidy in mode train", async () => {
    const { model, weights } = adapt(byHand());
    const images = tensor([1, 5], [2, 1, 1, 1]) as Tensor4D;
    const batch = model.apply(weights, images, { mode: "batch" });
    expect(batch.stats).toBeUndefined();
    expect(Array.from(await numbersOf(batch.features))).toEqual([-1, 3]);
    expect(Array.from(await numbersOf(weights.stats["bn/moving_mean"]))).toEqual([4]);
    const kept: { stats?: ModelWeights["stats"] | undefined } = {};
    const before = memory().numTensors;
    const { value, gradient } = valueAndGradient((params) => {
      const output = model.apply({ params, stats: weights.stats }, images, { mode: "train" });
      kept.stats = output.stats;
      return sum(output.logits) as Scalar;
    }, weights.params);
    expect(memory().numTensors).toBe(before + 1 + Object.keys(weights.params).length + 2);
    expect((await numbersOf(kept.stats?.["bn/moving_mean"]))[0]).toBeCloseTo(3.9, 6);
    [value, images, batch.logits, batch.features].forEach((made) => made.dispose());
    [gradient, kept.stats ?? {}].forEach(disposeParams);
    disposeWeights(weights);
  });

  it("predicts what the user's model predicts: its softmax of the logits", async () => {
    const network = fill(smallNetwork());
    const { model, weights } = fromLayersModel(network);
    const images = imagesOf([3, 6, 6, 2]);
    const theirs = network.predict(images) as Tensor;
    const { logits, features } = model.apply(weights, images, { mode: "eval" });
    const ours = softmax(logits);
    expect(await distance(ours, theirs)).toBeLessThan(1e-6);
    expect(model.inactiveLayers).toEqual(["drop"]);
    expect([model.inputShape, model.classes]).toEqual([[6, 6, 2], 4]);
    [images, theirs, ours, logits, features].forEach((made) => made.dispose());
    network.dispose();
    disposeWeights(weights);
  });

  it("is a pure function although the network has dropout, in every mode", async () => {
    const { model, weights } = adapt(fill(smallNetwork()));
    const images = imagesOf([3, 6, 6, 2]);
    for (const mode of ["train", "batch", "eval"] as const) {
      const [first, second] = [1, 2].map(() => model.apply(weights, images, { mode }));
      expect(await numbersOf(first?.logits)).toEqual(await numbersOf(second?.logits));
      for (const output of [first, second]) {
        [output?.logits, output?.features].forEach((made) => made?.dispose());
        disposeParams(output?.stats ?? {});
      }
    }
    images.dispose();
    disposeWeights(weights);
  });

  it("normalises images first: mean 0 and std 1 / 255 for a model that was trained on pixels", async () => {
    const network = fill(smallNetwork());
    const { model, weights } = fromLayersModel(network, { mean: [0, 0], std: [1 / 255, 1 / 255] });
    const plain = adapt(network);
    const images = imagesOf([2, 6, 6, 2]);
    const pixels = tensor(
      (await numbersOf(images)).map((value) => Math.fround(value * Math.fround(255))),
      images.shape,
    );
    const [ours, theirs] = [
      await logitsOf(model, weights, images),
      await logitsOf(plain.model, plain.weights, pixels as Tensor4D),
    ];
    ours.forEach((value, i) => expect(Math.abs(value - (theirs[i] as number))).toBeLessThan(1e-3));
    [images, pixels].forEach((made) => made.dispose());
    [weights, plain.weights].forEach(disposeWeights);
  });

  it("takes functional models with shared layers, nested models and a softmax of its own", async () => {
    const shared = layers.dense({ units: 3, activation: "tanh", name: "shared" });
    const image = input({ shape: [2, 2, 1] });
    const flat = layers.flatten().apply(image) as typeof image;
    const base = functional({
      inputs: image,
      outputs: layers
        .concatenate({ name: "both" })
        .apply([
          shared.apply(layers.dense({ units: 2, name: "left" }).apply(flat)) as typeof image,
          shared.apply(layers.dense({ units: 2, name: "right" }).apply(flat)) as typeof image,
        ]) as typeof image,
      name: "base",
    });
    const head = sequential({
      name: "head",
      layers: [layers.dense({ units: 5, inputShape: [6], name: "out" }), layers.softmax({ name: "soft" })],
    });
    const top = input({ shape: [2, 2, 1] });
    const network = fill(
      functional({ inputs: top, outputs: head.apply(base.apply(top)) as typeof top, name: "whole" }),
    );
    const { model, weights } = fromLayersModel(network);
    expect(Object.keys(weights.params).filter((name) => name.startsWith("shared/"))).toHaveLength(2);

    const images = imagesOf([3, 2, 2, 1]);
    const theirs = network.predict(images) as Tensor;
    const { logits, features } = model.apply(weights, images, { mode: "eval" });
    const ours = softmax(logits);
    expect(await distance(ours, theirs)).toBeLessThan(1e-6);
    expect(features.shape).toEqual([3, 6]);
    // The gradient of the shared kernel has both paths: it differs from what one path alone would give.
    const { value, gradient } = valueAndGradient(
      (params) =>
        tidy(() => sum(model.apply({ params, stats: {} }, images, { mode: "batch" }).logits) as Scalar),
      weights.params,
    );
    const name = "shared/kernel";
    const kernel = await numbersOf(weights.params[name]);
    const at = async (step: number): Promise<number> => {
      const moved = tensor(
        kernel.map((entry, i) => (i === 0 ? entry + step : entry)),
        [2, 3],
      );
      const total = (
        await logitsOf(model, { params: { ...weights.params, [name]: moved }, stats: {} }, images)
      ).reduce((all, entry) => all + entry, 0);
      moved.dispose();
      return total;
    };
    const slope = ((await at(1e-2)) - (await at(-1e-2))) / 2e-2;
    expect(Math.abs(slope - ((await numbersOf(gradient[name]))[0] as number))).toBeLessThan(1e-3);

    const back = model.toLayersModel(weights);
    const again = back.predict(images) as Tensor;
    expect(await numbersOf(again)).toEqual(await numbersOf(theirs));
    [images, theirs, logits, features, ours, value, again].forEach((made) => made.dispose());
    disposeParams(gradient);
    // A model's dispose counts one use of each layer, a shared one has two.
    for (const each of [network, back]) {
      const inner = each.getLayer("base") as LayersModel;
      each.dispose();
      inner.getLayer("shared").dispose();
    }
    disposeWeights(weights);
  });

  it("takes flat inputs where the caller gives the shape of an image", async () => {
    const network = fill(sequential({ layers: [layers.dense({ units: 3, inputShape: [12], name: "fc" })] }));
    const { model, weights } = adapt(network, { inputShape: [2, 3, 2] });
    const images = ones([1, 2, 3, 2]) as Tensor4D;
    const [kernel, bias] = [
      await numbersOf(weights.params["fc/kernel"]),
      await numbersOf(weights.params["fc/bias"]),
    ];
    const logits = await logitsOf(model, weights, images);
    logits.forEach((value, unit) => {
      const wanted = kernel.reduce(
        (total, entry, i) => (i % 3 === unit ? total + entry : total),
        bias[unit] as number,
      );
      expect(value).toBeCloseTo(wanted, 5);
    });
    images.dispose();
    disposeWeights(weights);
  });

  it("takes batch norm without scale or centre in training too", async () => {
    const network = sequential({
      layers: [
        layers.batchNormalization({
          inputShape: [1, 1, 1],
          scale: false,
          center: false,
          epsilon: 0,
          name: "bn",
        }),
        layers.flatten(),
        layers.dense({ units: 2, name: "fc" }),
      ],
    });
    const { model, weights } = adapt(network);
    const images = tensor([1, 5], [2, 1, 1, 1]) as Tensor4D;
    const { logits, features } = model.apply(weights, images, { mode: "batch" });
    expect(Array.from(await numbersOf(features))).toEqual([-1, 1]);
    [logits, features, images].forEach((made) => made.dispose());
    disposeWeights(weights);
  });

  it("keeps frozen layers out of what is trained, and says that they cannot be drawn again", () => {
    const network = smallNetwork();
    network.getLayer("conv").trainable = false;
    const { model, weights } = adapt(network);
    expect(Object.keys(weights.params)).not.toContain("conv/kernel");
    expect(Object.keys(weights.stats)).toContain("conv/kernel");
    const images = imagesOf([2, 6, 6, 2]);
    const output = model.apply(weights, images, { mode: "train" });
    expect(Object.keys(output.stats ?? {})).toEqual(Object.keys(weights.stats));
    expect(() => model.init(createRng(1))).toThrow(/without frozen layers, found "conv\/kernel" frozen/);
    const back = model.toLayersModel(weights);
    expect(back.trainableWeights.map(({ originalName }) => originalName)).toEqual(
      Object.keys(weights.params),
    );
    [images, output.logits, output.features].forEach((made) => made.dispose());
    disposeParams(output.stats ?? {});
    back.dispose();
    disposeWeights(weights);
  });

  it("draws fresh weights by the layers' own initializers, the same from the same stream", async () => {
    const { model, weights } = adapt(smallNetwork());
    const [first, second, other] = [1, 1, 2].map((seed) => model.init(createRng(seed))) as [
      ModelWeights,
      ModelWeights,
      ModelWeights,
    ];
    expect(Object.keys(first.params)).toEqual(Object.keys(weights.params));
    expect(Object.keys(first.stats)).toEqual(Object.keys(weights.stats));
    const name = "conv/kernel";
    expect(await numbersOf(first.params[name])).toEqual(await numbersOf(second.params[name]));
    expect(await numbersOf(first.params[name])).not.toEqual(await numbersOf(other.params[name]));
    // Glorot normal, the default, cut at two deviations of sqrt(2 / (9 x 2 + 9 x 3)).
    const limit = 2 * Math.sqrt(2 / 45);
    const largest = (await numbersOf(first.params[name])).reduce(
      (top, value) => Math.max(top, Math.abs(value)),
      0,
    );
    expect(largest).toBeLessThanOrEqual(limit);
    expect(largest).toBeGreaterThan(0.8 * limit);
    expect(Array.from(await numbersOf(first.params["bn/gamma"]))).toEqual([1, 1, 1]);
    expect(Array.from(await numbersOf(first.stats["bn/moving_variance"]))).toEqual([1, 1, 1]);
    [first, second, other, weights].forEach(disposeWeights);
  });

  it("changes only the last layer for another number of classes", () => {
    const { model, weights } = adapt(smallNetwork());
    const wider = model.withClasses(6);
    const drawn = wider.init(createRng(1));
    expect(wider.classes).toBe(6);
    const names = Object.keys(weights.params);
    expect(Object.keys(drawn.params)).toEqual(names);
    expect(
      names.filter((name) => String(drawn.params[name]?.shape) !== String(weights.params[name]?.shape)),
    ).toEqual(["fc/kernel", "fc/bias"]);
    const images = imagesOf([2, 6, 6, 2]);
    const output = wider.apply(drawn, images, { mode: "eval" });
    expect(output.logits.shape).toEqual([2, 6]);
    const back = wider.toLayersModel(drawn);
    expect(back.outputs[0]?.shape).toEqual([null, 6]);
    expect(() => model.apply(drawn, images, { mode: "eval" })).toThrow(
      /the weight "fc\/kernel" must have shape \[48, 4\], found \[48, 6\]/,
    );
    expect(() => model.toLayersModel(drawn)).toThrow(/must have shape \[48, 4\], found \[48, 6\]/);
    [images, output.logits, output.features].forEach((made) => made.dispose());
    back.dispose();
    [drawn, weights].forEach(disposeWeights);
  });

  it("gives the weights back bit by bit, with softmax, notes and trainable flags, past constraints", async () => {
    const network = smallNetwork();
    network.setUserDefinedMetadata({ labels: ["a", "b", "c", "d"] });
    const limited = sequential({
      layers: [
        layers.flatten({ inputShape: [2, 2, 1] }),
        layers.dense({ units: 2, kernelConstraint: constraints.nonNeg(), name: "fc" }),
      ],
    });
    for (const each of [fill(network), limited]) {
      const { model, weights } = fromLayersModel(each);
      const moved = {
        params: mapParams(weights.params, (value) =>
          tensor(new Float32Array(value.size).fill(-0.1), value.shape),
        ),
        stats: weights.stats,
      };
      const back = model.toLayersModel(moved);
      for (const variable of back.weights) {
        const wanted = { ...moved.params, ...moved.stats }[variable.originalName];
        expect(await numbersOf(variable.read())).toEqual(await numbersOf(wanted));
      }
      expect(back.getConfig()).toEqual(each.getConfig());
      expect(back.getUserDefinedMetadata()).toEqual(each.getUserDefinedMetadata());
      disposeParams(moved.params);
      // The given weights are gone, the model's own stay.
      expect((await numbersOf(back.weights[0]?.read()))[0]).toBeCloseTo(-0.1, 6);
      back.dispose();
      each.dispose();
      disposeWeights(weights);
    }
  });

  it("does not need the user's model any more, and does not touch it", async () => {
    const network = fill(smallNetwork());
    const images = imagesOf([2, 6, 6, 2]);
    const before = network.predict(images) as Tensor;
    const { model, weights } = fromLayersModel(network);
    const output = model.apply(weights, images, { mode: "train" });
    const after = network.predict(images) as Tensor;
    expect(await numbersOf(after)).toEqual(await numbersOf(before));
    network.dispose();
    const [, mean] = [await logitsOf(model, weights, images), output.stats?.["bn/moving_mean"]];
    expect(mean?.isDisposed).toBe(false);
    [images, before, after, output.logits, output.features].forEach((made) => made.dispose());
    disposeParams(output.stats ?? {});
    disposeWeights(weights);
  });
});

describe("fromLayersModel, given something else", () => {
  const flat = (): ReturnType<typeof layers.flatten> => layers.flatten({ inputShape: [2, 2, 1] });
  const one = input({ shape: [2, 2, 1] });
  const cases: readonly [string, () => LayersModel, RegExp][] = [
    ["a model that is not built", () => sequential(), /one input and one output, found 0 and 0/],
    [
      "two inputs",
      () => {
        const other = input({ shape: [2, 2, 1] });
        const joined = layers.add().apply([one, other]) as typeof one;
        const out = layers.dense({ units: 2 }).apply(layers.flatten().apply(joined)) as typeof one;
        return functional({ inputs: [one, other], outputs: out });
      },
      /one input and one output, found 2 and 1; give/,
    ],
    [
      "a recurrent layer",
      () =>
        sequential({
          layers: [
            layers.reshape({ inputShape: [2, 2, 1], targetShape: [2, 2] }),
            layers.lstm({ units: 3, recurrentInitializer: "zeros", name: "memory" }),
            layers.dense({ units: 2 }),
          ],
        }),
      /no recurrent or stateful layers, found "memory" \(LSTM\)/,
    ],
    [
      "channels first",
      () =>
        sequential({
          layers: [
            layers.conv2d({
              inputShape: [1, 4, 4],
              filters: 2,
              kernelSize: 3,
              dataFormat: "channelsFirst",
              name: "c",
            }),
            layers.flatten(),
            layers.dense({ units: 2 }),
          ],
        }),
      /channels last, found channels first in "c"/,
    ],
    [
      "one output",
      () => sequential({ layers: [flat(), layers.dense({ units: 1, name: "out" })] }),
      /at least two classes.* found the layer "out" with outputs of shape \[batch, 1\]/,
    ],
    [
      "a sigmoid",
      () => sequential({ layers: [flat(), layers.dense({ units: 2, activation: "sigmoid", name: "out" })] }),
      /found the activation sigmoid in the layer "out"/,
    ],
    [
      "two softmaxes",
      () =>
        sequential({
          layers: [flat(), layers.dense({ units: 2, activation: "softmax", name: "out" }), layers.softmax()],
        }),
      /nothing but a softmax behind it, found a second softmax behind that of the layer "out"; build/,
    ],
    [
      "a pooled end",
      () =>
        sequential({
          layers: [
            layers.conv2d({ inputShape: [3, 3, 1], filters: 2, kernelSize: 2 }),
            layers.globalAveragePooling2d({ name: "pool" }),
          ],
        }),
      /found the layer "pool" \(GlobalAveragePooling2D\) at its end/,
    ],
    [
      "an output of places",
      () => sequential({ layers: [layers.dense({ inputShape: [2, 2, 1], units: 3, name: "out" })] }),
      /shape \[batch, 2, 2, 3\]/,
    ],
    [
      "frozen weights alone",
      () => {
        const network = sequential({ layers: [flat(), layers.dense({ units: 2 })] });
        network.trainable = false;
        return network;
      },
      /weights to train, found none/,
    ],
    [
      "a random layer inside a layer",
      () =>
        sequential({
          layers: [
            layers.reshape({ inputShape: [2, 2, 1], targetShape: [2, 2] }),
            layers.simpleRNN({ units: 3, recurrentInitializer: "zeros", dropout: 0.5 }),
            layers.dense({ units: 2 }),
          ],
        }),
      /no recurrent/,
    ],
  ];

  it.each(cases)("refuses %s in one sentence", (_name, build, message) => {
    const before = memory().numTensors;
    const network = build();
    expect(() => fromLayersModel(network)).toThrow(message);
    if (network.built) network.dispose();
    else for (const layer of network.layers) layer.dispose();
    expect(memory().numTensors).toBe(before);
  });

  it("refuses options that do not fit", () => {
    const network = smallNetwork();
    expect(() => fromLayersModel(network, { mean: [0, 0] })).toThrow(/mean and std go together/);
    expect(() => fromLayersModel(network, { mean: [0], std: [1] })).toThrow(
      /mean and std must hold 2 finite numbers/,
    );
    expect(() => fromLayersModel(network, { inputShape: [6, 6, 3] })).toThrow(
      /inputShape must be .* for the model's input \[6, 6, 2\], found \[6, 6, 3\]/,
    );
    network.dispose();
    const flatNetwork = sequential({ layers: [layers.dense({ units: 2, inputShape: [12] })] });
    expect(() => fromLayersModel(flatNetwork)).toThrow(/for the model's input \[12\], found none/);
    expect(() => fromLayersModel(flatNetwork, { inputShape: [2, 2, 2] })).toThrow(/found \[2, 2, 2\]/);
    flatNetwork.dispose();
  });

  it("refuses images of another shape, missing weights and impossible classes", () => {
    const { model, weights } = adapt(smallNetwork());
    const images = imagesOf([1, 6, 5, 2]);
    expect(() => model.apply(weights, images, { mode: "eval" })).toThrow(
      /images must be \[batch, 6, 6, 2\], found/,
    );
    const fitting = imagesOf([1, 6, 6, 2]);
    const before = memory().numTensors;
    const { "fc/bias": _, ...fewer } = weights.params;
    for (const mode of ["train", "eval"] as const) {
      expect(() => model.apply({ params: fewer, stats: weights.stats }, fitting, { mode })).toThrow(
        /the weight "fc\/bias" must have shape \[4\], found none/,
      );
    }
    expect(() => model.toLayersModel({ params: fewer, stats: weights.stats })).toThrow(
      /"fc\/bias".*found none/,
    );
    expect(() => model.withClasses(1)).toThrow(/classes must be a whole number of at least 2/);
    expect(memory().numTensors).toBe(before);
    [images, fitting].forEach((made) => made.dispose());
    disposeWeights(weights);
  });

  it("takes layers of the user's own once they are registered, and names weights that it cannot draw", () => {
    class Scale extends layers.Layer {
      static readonly className = "Scale";
      private scale: LayerVariable | undefined;
      override build(shape: Shape | Shape[]): void {
        const [last] = shape.slice(-1) as number[];
        this.scale = this.addWeight("scale", [last as number], "float32", initializers.ones());
        this.built = true;
      }
      override call(inputs: Tensor | Tensor[]): Tensor {
        return mul(
          (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor,
          (this.scale as LayerVariable).read(),
        );
      }
    }
    const network = sequential({
      layers: [
        flat(),
        layers.dense({ units: 3, name: "hidden" }),
        new Scale({ name: "own" }),
        layers.dense({ units: 2, name: "out" }),
      ],
    });
    const before = memory().numTensors;
    expect(() => fromLayersModel(network)).toThrow(/Unknown layer: Scale.*register layers of your own/s);
    expect(memory().numTensors).toBe(before);
    serialization.registerClass(Scale);
    const { model, weights } = adapt(network);
    expect(Object.keys(weights.params)).toContain("own/scale");
    expect(() => model.init(createRng(1))).toThrow(
      /initializer of TensorFlow.js, found none for "own\/scale"/,
    );
    disposeWeights(weights);
  });
});
