/**
 * Which way a metric is read. `"reference"`: neither end of its scale is good, and the best value is that of a model
 * retrained without the forget set.
 */
export type MetricDirection = "reference" | "lower" | "higher";

/** What a metric is computed from; where one of these is not to be had, a reason code stands in place of the number. */
export type MetricNeed =
  | "forgetOutputs"
  | "retainOutputs"
  | "testOutputs"
  | "attackDecisions"
  | "memberScores"
  | "nonMemberScores"
  | "retrainedModel"
  | "manyRetrainedModels"
  | "manyUnlearnedModels"
  | "relearnLosses"
  | "incompetentTeacher";

/** What a number in a table means, so that no reader has to guess its direction or its unit. */
export interface MetricDefinition {
  readonly label: string;
  readonly unit: "percent" | "percentPoints" | "share" | "score" | "nats" | "steps" | "ratio";
  readonly direction: MetricDirection;
  /** The value to reach: a number, or that of a retrained model. */
  readonly target: number | "retrained";
  /** Smallest and largest possible value; null where there is no largest. */
  readonly range: readonly [number, number | null];
  readonly needs: readonly MetricNeed[];
  /** The function of this package that gives it. */
  readonly computedBy: string;
  readonly meaning: string;
}

/** The names under which metrics are reported. */
export type MetricName =
  | "UA"
  | "RA"
  | "TA"
  | "MIA"
  | "avgGap"
  | "tow"
  | "towMia"
  | "epsilon"
  | "forgetScore"
  | "challengeScore"
  | "klom"
  | "klom95"
  | "relearnSteps"
  | "relearnRatio"
  | "zrf"
  | "auc"
  | "aucDistance"
  | "balancedAccuracy"
  | "tprAt10"
  | "tprAt1"
  | "tprAt01"
  | "tprAt0";

/** Percent, and no end of the scale is good: forgetting more than a retrained model does is as wrong as less. */
const likeRetrained = {
  unit: "percent",
  direction: "reference",
  target: "retrained",
  range: [0, 100],
} as const;
const attack = {
  unit: "share",
  direction: "reference",
  target: "retrained",
  range: [0, 1],
  needs: ["memberScores", "nonMemberScores"],
} as const;
const tprAt = (percent: string): MetricDefinition => ({
  ...attack,
  label: `TPR at ${percent} % FPR`,
  computedBy: "tprAtFpr",
  meaning: `Share of members found when at most ${percent} % of non-members are taken for members.`,
});

/** The definitions of the metrics of this package by the name they are reported under. */
export const metricDefinitions: Readonly<Record<MetricName, MetricDefinition>> = {
  UA: {
    ...likeRetrained,
    label: "UA",
    needs: ["forgetOutputs"],
    computedBy: "unlearningMetrics",
    meaning: "Unlearning accuracy: 100 minus the accuracy on the forget set.",
  },
  RA: {
    ...likeRetrained,
    label: "RA",
    needs: ["retainOutputs"],
    computedBy: "unlearningMetrics",
    meaning: "Retain accuracy: accuracy on all of the retain set.",
  },
  TA: {
    ...likeRetrained,
    label: "TA",
    needs: ["testOutputs"],
    computedBy: "unlearningMetrics",
    meaning: "Test accuracy.",
  },
  MIA: {
    ...likeRetrained,
    label: "MIA-efficacy",
    needs: ["attackDecisions"],
    computedBy: "miaEfficacy",
    meaning: "Share of the forget set that the attack takes for non-members.",
  },
  avgGap: {
    label: "Avg. Gap",
    unit: "percentPoints",
    direction: "lower",
    target: 0,
    range: [0, 100],
    needs: ["forgetOutputs", "retainOutputs", "testOutputs", "attackDecisions", "retrainedModel"],
    computedBy: "avgGap",
    meaning: "Mean distance of UA, RA, TA and MIA-efficacy from the retrained model's.",
  },
  tow: {
    label: "ToW",
    unit: "score",
    direction: "higher",
    target: 1,
    range: [0, 1],
    needs: ["forgetOutputs", "retainOutputs", "testOutputs", "retrainedModel"],
    computedBy: "tow",
    meaning: "Product of the closeness of forget, retain and test accuracy to the retrained model's.",
  },
  towMia: {
    label: "ToW-MIA",
    unit: "score",
    direction: "higher",
    target: 1,
    range: [0, 1],
    needs: ["retainOutputs", "testOutputs", "attackDecisions", "retrainedModel"],
    computedBy: "towMia",
    meaning: "ToW with MIA-efficacy in place of the forget accuracy.",
  },
  epsilon: {
    label: "epsilon",
    unit: "nats",
    direction: "lower",
    target: 0,
    range: [0, 50],
    needs: ["forgetOutputs", "manyUnlearnedModels", "manyRetrainedModels"],
    computedBy: "forgetEpsilon",
    meaning: "How surely the best attack tells unlearned from retrained models by one forgotten sample.",
  },
  forgetScore: {
    label: "F-score",
    unit: "score",
    direction: "higher",
    target: 1,
    range: [0, 1],
    needs: ["forgetOutputs", "manyUnlearnedModels", "manyRetrainedModels"],
    computedBy: "forgettingQuality",
    meaning:
      "Forgetting quality of the 2023 challenge: mean points of epsilon; comparable for one number of models.",
  },
  challengeScore: {
    label: "challenge score",
    unit: "score",
    direction: "higher",
    target: 1,
    range: [0, null],
    needs: ["forgetOutputs", "retainOutputs", "testOutputs", "manyUnlearnedModels", "manyRetrainedModels"],
    computedBy: "challengeScore",
    meaning: "F-score times retain and test accuracy as shares of the retrained models'.",
  },
  klom: {
    label: "KLOM",
    unit: "nats",
    direction: "lower",
    target: 0,
    range: [0, null],
    needs: ["forgetOutputs", "manyUnlearnedModels", "manyRetrainedModels"],
    computedBy: "klom",
    meaning:
      "Mean over samples of the divergence of margins under unlearned models from those under oracles.",
  },
  klom95: {
    label: "KLOM, 95th percentile",
    unit: "nats",
    direction: "lower",
    target: 0,
    range: [0, null],
    needs: ["forgetOutputs", "manyUnlearnedModels", "manyRetrainedModels"],
    computedBy: "klom",
    meaning: "The divergence of margins that 95 % of samples stay below.",
  },
  relearnSteps: {
    label: "relearn time",
    unit: "steps",
    direction: "reference",
    target: "retrained",
    range: [0, null],
    needs: ["relearnLosses"],
    computedBy: "relearnSteps",
    meaning: "Steps of training on the forget set until its loss is that of the original model.",
  },
  relearnRatio: {
    label: "relearn ratio",
    unit: "ratio",
    direction: "reference",
    target: 1,
    range: [0, null],
    needs: ["relearnLosses", "retrainedModel"],
    computedBy: "relearnRatio",
    meaning: "Relearn time in units of the retrained model's; far below 1, knowledge was hidden.",
  },
  zrf: {
    label: "ZRF",
    unit: "score",
    direction: "reference",
    target: "retrained",
    range: [1 - Math.LN2, 1],
    needs: ["forgetOutputs", "incompetentTeacher"],
    computedBy: "zrf",
    meaning: "1 minus the mean Jensen-Shannon divergence to an incompetent teacher on the forget set.",
  },
  auc: {
    ...attack,
    label: "AUC",
    computedBy: "auc",
    meaning: "Chance that a member's score is above a non-member's; one half is chance.",
  },
  aucDistance: {
    ...attack,
    label: "|AUC - 1/2|",
    range: [0, 0.5],
    computedBy: "aucDistance",
    meaning: "How well one signal tells two sets apart, in either direction.",
  },
  balancedAccuracy: {
    ...attack,
    label: "balanced accuracy",
    range: [0.5, 1],
    computedBy: "bestBalancedAccuracy",
    meaning: "Mean of true-positive and true-negative rate at the best threshold; one half is chance.",
  },
  tprAt10: tprAt("10"),
  tprAt1: tprAt("1"),
  tprAt01: tprAt("0.1"),
  tprAt0: tprAt("0"),
};
