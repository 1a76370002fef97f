export { accuracy, accuracyPercent, type LabelledLogits } from "./accuracy.ts";
export { auc, aucDistance } from "./auc.ts";
export { avgGap, avgGapColumn, type AvgGap } from "./avg-gap.ts";
export { metricDefinitions, type MetricDefinition, type MetricDirection } from "./definitions.ts";
export { areSeparate, tInterval, type TInterval, type TIntervalOptions } from "./intervals.ts";
export { miaEfficacy } from "./mia-efficacy.ts";
export { unlearningMetrics, type MeasuredUnlearning, type UnlearningMetrics } from "./unlearning-metrics.ts";
