import type { Model } from "@ltu/core";

import { mlp, type MlpOptions } from "./mlp.ts";
import { resnet20, type Resnet20Options } from "./resnet20.ts";
import { smallCnn, type SmallCnnOptions } from "./small-cnn.ts";

/** Every architecture by its name in experiment files. */
export const models: {
  readonly mlp: (options: MlpOptions) => Model;
  readonly resnet20: (options: Resnet20Options) => Model;
  readonly "small-cnn": (options: SmallCnnOptions) => Model;
} = { mlp, resnet20, "small-cnn": smallCnn };
