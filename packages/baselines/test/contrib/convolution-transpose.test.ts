import { convolutionTranspose } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";
import { tinyModel } from "../tiny-model.ts";

describeUnlearner("convolution-transpose", () => convolutionTranspose({ epochs: 2, batchSize: 8 }), {
  model: tinyModel,
});
