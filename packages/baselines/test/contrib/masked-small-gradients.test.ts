import { maskedSmallGradients } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";
import { tinyModel } from "../tiny-model.ts";

describeUnlearner("masked-small-gradients", () => maskedSmallGradients({ epochs: 2, batchSize: 8 }), {
  model: tinyModel,
});
