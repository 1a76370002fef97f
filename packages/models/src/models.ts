import type { Model } from "@ltu/core";

import { mlp, type MlpOptions } from "./mlp.ts";
import { resnetCifar, type ResnetCifarOptions } from "./resnet-cifar.ts";
import { resnet18, type Resnet18Options } from "./resnet18.ts";
import { resnet20, type Resnet20Options } from "./resnet20.ts";
import { smallCnn, type SmallCnnOptions } from "./small-cnn.ts";
import { vgg16Bn, type Vgg16BnOptions } from "./vgg16-bn.ts";
import { vitTiny, type VitTinyOptions } from "./vit-tiny.ts";

/** Every architecture by its name in experiment files. */
export const models: {
  readonly mlp: (options: MlpOptions) => Model;
  readonly resnet18: (options: Resnet18Options) => Model;
  readonly resnet20: (options: Resnet20Options) => Model;
  readonly resnet44: (options: ResnetCifarOptions) => Model;
  readonly resnet56: (options: ResnetCifarOptions) => Model;
  readonly "small-cnn": (options: SmallCnnOptions) => Model;
  readonly vgg16_bn: (options: Vgg16BnOptions) => Model;
  readonly "vit-tiny": (options: VitTinyOptions) => Model;
} = {
  mlp,
  resnet18,
  resnet20,
  resnet44: (options) => resnetCifar(44, options),
  resnet56: (options) => resnetCifar(56, options),
  "small-cnn": smallCnn,
  vgg16_bn: vgg16Bn,
  "vit-tiny": vitTiny,
};
