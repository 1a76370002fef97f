import { boundaryShrink } from "../src/index.ts";
import { describeUnlearner } from "./describe-unlearner.ts";

describeUnlearner("boundary-shrink", () => boundaryShrink({ epochs: 3, batchSize: 4, lr: 0.02 }));
