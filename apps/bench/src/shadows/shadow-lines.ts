import { expectedWidths, shadowBudgets } from "@ltu/mia/evaluators";

import { shadowCount } from "../audit-config.ts";
import type { Experiment } from "../config.ts";
import { isNamed } from "../forget/forget-config.ts";

/** What an audit with shadow models is worth at each rung of the ladder, for the lines above a run. */
export function shadowLines(experiment: Pick<Experiment, "audit" | "data" | "forget" | "methods">): string[] {
  const { budget } = experiment.audit.shadows;
  const count = shadowCount(budget);
  const rungs = Object.entries(shadowBudgets).map(([name, models]) => `${name} ${precision(models)}`);
  if (count === 0) {
    return [
      "shadows   none: attacks with a distribution for each image need some, --set audit.shadows.budget=smoke",
      `          ${rungs.join("; ")}`,
    ];
  }
  const marked = experiment.methods.filter(({ shadows }) => shadows === true);
  const forgotten = forgetCount(experiment);
  const auc =
    forgotten === undefined
      ? ""
      : `; AUC of ${forgotten} forgotten images to ${(expectedWidths({ member: 1, other: 1, targets: 2 * forgotten }).aucWidth / 2).toFixed(3)} either way`;
  return [
    `shadows   ${count} trained, ${count * marked.length} unlearned (${marked.length} ${marked.length === 1 ? "method" : "methods"})${auc}`,
    `          ${[...(typeof budget === "number" ? [`now ${precision(count)}`] : []), ...rungs].join("; ")}`,
  ];
}

/** How far the difference of one image can be known. */
function precision(models: number): string {
  const { meanGapWidth } = expectedWidths({ member: models / 2, other: models / 2, targets: 2 });
  const known =
    meanGapWidth === undefined ? "no interval" : `one image to ${(meanGapWidth / 2).toFixed(2)} sd`;
  return `(${models} models): ${known}`;
}

/** Of a set that is drawn at random; others are chosen while the run goes on. */
function forgetCount({ forget, data }: Pick<Experiment, "data" | "forget">): number | undefined {
  if (isNamed(forget)) return undefined;
  return "count" in forget ? forget.count : Math.round(forget.share * data.train);
}
