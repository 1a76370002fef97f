import { ssd } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";

describeUnlearner("ssd", () => ssd({ batchSize: 4, selectionWeighting: 1 }), { drawsAtRandom: false });
