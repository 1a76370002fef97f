import { describeUnlearner } from "@ltu/baselines/contract";

import { ltu } from "../src/index.ts";
import { attacks, known } from "./setting.ts";

const brief = { attacks, epochs: 3, batchSize: 6, queryBatch: 4, samplers: ["uniform", "hard"] } as const;

describeUnlearner("ltu-recommended", () => ltu(brief));
describeUnlearner("ltu-initial", () =>
  ltu({ ...brief, attacks: known, optionSet: "initial", batchStatistics: "joint", matchClasses: true }),
);
describeUnlearner("ltu-literal", () => ltu({ ...brief, optionSet: "literal" }));
