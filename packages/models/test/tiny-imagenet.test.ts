import { zeros, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, paramCount, type Model } from "@ltu/core";

import { models, resnet18, smallCnn, vitTiny } from "../src/index.ts";
import { quickRng } from "./quick-rng.ts";

/** What Tiny-ImageNet gives a model: 64 x 64 images of 200 classes. */
const options = {
  inputShape: [64, 64, 3],
  classes: 200,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
} as const;

describe("images of 64 x 64", () => {
  // What 32 x 32 images of 10 classes have, and 190 more rows and biases of the last layer.
  it.each([
    ["small-cnn", models["small-cnn"](options), 161_274 + 190 * 129],
    ["resnet18", models.resnet18(options), 11_173_962 + 190 * 513],
    // A 7x7 convolution in the place of the 3x3; torchvision's resnet18 has 11,689,512 with 1,000 classes.
    ["resnet18, imagenet stem", resnet18({ ...options, stem: "imagenet" }), 11_689_512 - 800 * 513],
    ["resnet20", models.resnet20(options), 269_722 + 190 * 65],
    ["resnet44", models.resnet44(options), 658_586 + 190 * 65],
    ["resnet56", models.resnet56(options), 853_018 + 190 * 65],
    // The adaptive pool brings 4 x 4 to the 2 x 2 that its linear layers read.
    ["vgg16_bn", models.vgg16_bn(options), 15_311_818 + 190 * 257],
    // Patches of 8 instead of 4: 48 times more numbers a patch, as many tokens.
    ["vit-tiny", models["vit-tiny"](options), 5_362_762 + (192 - 48) * 192 + 190 * 193],
  ] as [string, Model, number][])("give %s its number of parameters", (_name, model, count) => {
    const { params, stats } = model.init(quickRng());
    expect(model.inputShape).toEqual([64, 64, 3]);
    expect(paramCount(params)).toBe(count);
    [params, stats].forEach(disposeParams);
  });

  it.each([
    ["small-cnn", smallCnn(options), 128],
    ["resnet18, imagenet stem", resnet18({ ...options, stem: "imagenet", width: 4 }), 32],
    ["vit-tiny", vitTiny({ ...options, depth: 1, width: 24 }), 24],
  ] as [string, Model, number][])("go through %s", (_name, model, width) => {
    const weights = model.init(quickRng());
    const images = zeros([2, 64, 64, 3]) as Tensor4D;
    const { logits, features } = model.apply(weights, images, { mode: "eval" });
    expect(logits.shape).toEqual([2, 200]);
    expect(features.shape).toEqual([2, width]);
    [logits, features, images].forEach((made) => made.dispose());
    [weights.params, weights.stats].forEach(disposeParams);
  });
});
