import type { IndexSet } from "@ltu/core";

import type { Experiment } from "../config.ts";
import type { RunData } from "../run-data.ts";
import { classLabel } from "./class-label.ts";
import { isNamed } from "./forget-config.ts";

/** The class that an experiment forgets as a whole. */
export interface ForgottenClass {
  readonly kind: "class" | "sub-class";
  readonly label: number;
  /** The class of every image of the data: its label, or where a class within a label is forgotten the finer one. */
  readonly labels: Int32Array;
  readonly names: readonly string[];
}

/**
 * The class that is forgotten as a whole, if one is.
 *
 * @throws LtuError `OPTION` for a class that is not there.
 */
export function forgottenClass(
  { forget }: Pick<Experiment, "forget">,
  data: RunData,
): ForgottenClass | undefined {
  if (!isNamed(forget)) return undefined;
  if (forget.kind === "class") {
    const { labels, classNames: names } = data.dataset;
    return { kind: "class", label: classLabel(forget.class, names), labels, names };
  }
  if (forget.kind === "sub-class") {
    const { labels, names } = data.classes;
    return { kind: "sub-class", label: classLabel(forget.class, names), labels, names };
  }
  return undefined;
}

/** A test set in two: what is left for TA, and the images of the forgotten class, which no model has seen. */
export interface TestParts {
  readonly others: IndexSet;
  /** Empty where no class is forgotten as a whole. */
  readonly forgotten: IndexSet;
}

/** Takes the images of the forgotten class out of a test set. */
export function testParts(testSet: IndexSet, forgotten: ForgottenClass | undefined): TestParts {
  if (forgotten === undefined) return { others: testSet, forgotten: new Int32Array(0) };
  const isForgotten = (index: number): boolean => forgotten.labels[index] === forgotten.label;
  return {
    others: testSet.filter((index) => !isForgotten(index)),
    forgotten: testSet.filter(isForgotten),
  };
}
