/** Which way a metric is read. `"reference"`: the best value is that of a model retrained without the forget set. */
export type MetricDirection = "reference" | "lower" | "higher";

/** What a number in a table means, so that no reader has to guess its direction or its unit. */
export interface MetricDefinition {
  readonly label: string;
  readonly unit: "percent" | "percentPoints" | "share";
  readonly direction: MetricDirection;
  /** Smallest and largest possible value. */
  readonly range: readonly [number, number];
  readonly meaning: string;
}

/**
 * The definitions of the metrics of this package by field name. UA, RA, TA and MIA-efficacy have no good end of
 * their scale: forgetting more than a retrained model does is as wrong as forgetting less.
 */
export const metricDefinitions: Readonly<
  Record<"UA" | "RA" | "TA" | "MIA" | "avgGap" | "aucDistance", MetricDefinition>
> = {
  UA: {
    label: "UA",
    unit: "percent",
    direction: "reference",
    range: [0, 100],
    meaning: "Unlearning accuracy: 100 minus the accuracy on the forget set.",
  },
  RA: {
    label: "RA",
    unit: "percent",
    direction: "reference",
    range: [0, 100],
    meaning: "Retain accuracy: accuracy on all of the retain set.",
  },
  TA: {
    label: "TA",
    unit: "percent",
    direction: "reference",
    range: [0, 100],
    meaning: "Test accuracy.",
  },
  MIA: {
    label: "MIA-efficacy",
    unit: "percent",
    direction: "reference",
    range: [0, 100],
    meaning: "Share of the forget set that the attack takes for non-members.",
  },
  avgGap: {
    label: "Avg. Gap",
    unit: "percentPoints",
    direction: "lower",
    range: [0, 100],
    meaning: "Mean distance of UA, RA, TA and MIA-efficacy from the retrained model's.",
  },
  aucDistance: {
    label: "|AUC - 1/2|",
    unit: "share",
    direction: "reference",
    range: [0, 0.5],
    meaning: "How well one signal tells two sets apart, in either direction.",
  },
};
