import { describeAttack, trainedControls } from "../../src/contract/index.ts";
import { auditScores, confidenceSvc, evaluatorAttacks } from "../../src/evaluators/index.ts";
import {
  defineEvaluator,
  ensemble,
  labelOnly,
  lira,
  lossThreshold,
  rmia,
} from "../../src/evaluators/index.ts";

const controls = trainedControls();
const { "confidence-svc": svc, ...factories } = evaluatorAttacks;

for (const factory of Object.values(factories)) describeAttack(factory(), { controls });

// The options that change what is computed.
describeAttack({ ...lira({ form: "offline", location: "mean" }), name: "lira, offline" }, { controls });
describeAttack({ ...rmia({ form: "online", gamma: 2, temperature: 2 }), name: "rmia, online" }, { controls });
describeAttack({ ...labelOnly({ form: "boundary" }), name: "label-only, boundary" }, { controls });
describeAttack(
  { ...lossThreshold({ perClass: true }), name: "loss-threshold, for each class" },
  { controls },
);
describeAttack(
  {
    ...ensemble({ evaluators: [lira({ form: "offline" }), rmia()], rule: "intersection" }),
    name: "ensemble, intersection",
  },
  { controls },
);

// The attack of MIA-efficacy takes three sets; its decisions are scores like any other.
describeAttack(
  defineEvaluator({
    name: svc().name,
    kind: "population",
    families: ["confidence"],
    needs: ["fit"],
    readsLabels: true,
    score: ({ score: { samples }, fit }) => {
      const sides = fit as NonNullable<typeof fit>;
      const { decisions } = confidenceSvc().evaluate({
        retain: sides.members,
        test: sides.nonMembers,
        forget: samples,
      });
      return auditScores(decisions, "population");
    },
  }),
  { controls },
);
