import { boundaryExpanding } from "../src/index.ts";
import { describeUnlearner } from "./describe-unlearner.ts";

describeUnlearner("boundary-expanding", () => boundaryExpanding({ epochs: 3, batchSize: 4, lr: 0.02 }));
describeUnlearner("boundary-expanding", () =>
  boundaryExpanding({ epochs: 2, batchSize: 4, lr: 0.02, dropShadow: false }),
);
