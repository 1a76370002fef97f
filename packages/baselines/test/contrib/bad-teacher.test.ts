import { badTeacher } from "../../src/index.ts";
import { describeUnlearner } from "../describe-unlearner.ts";

describeUnlearner("bad-teacher", () => badTeacher({ epochs: 2, batchSize: 8, lr: 0.01 }));
