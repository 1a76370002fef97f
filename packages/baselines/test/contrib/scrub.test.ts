import { scrub } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";

describeUnlearner("scrub", () => scrub({ epochs: 3, batchSize: 4, lr: 0.01 }));
