import { negGradPlus } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";

describeUnlearner("neg-grad-plus", () => negGradPlus({ epochs: 2, batchSize: 4 }));
