import { LtuError } from "@ltu/core";

import type { InnerParams } from "./inner-params.ts";

/** Options of `metaGradient`. */
export interface MetaGradientOptions {
  /** Step size of meta-tune (alpha), above or at 0. */
  readonly innerLr: number;
  /** Steps of meta-tune on the tune loss; default 1. Second order spends two more evaluations for each. */
  readonly innerSteps?: number | undefined;
  /** What meta-tune moves: names, or a test of a name; default everything. The last layer alone is ANIL. */
  readonly innerParams?: InnerParams | undefined;
  /** Weight of the mean of the test losses (lambda); default 1. */
  readonly testWeight?: number | undefined;
  /** `"second"` (default) differentiates through the inner steps; `"first"` leaves that term out. */
  readonly order?: "first" | "second" | undefined;
  /** Reptile instead: a step on every loss in turn, and the sum of their gradients. First order; default false. */
  readonly reptile?: boolean | undefined;
  /** Steps of the central difference, see `hvp`; default one, right for training. Second order only. */
  readonly curvatureSteps?: readonly number[] | undefined;
}

const known = [
  "innerLr",
  "innerSteps",
  "innerParams",
  "testWeight",
  "order",
  "reptile",
  "curvatureSteps",
] as const satisfies readonly (keyof MetaGradientOptions)[];

/** Refuses options that are unknown, out of range or contradict one another. */
export function checkMetaGradientOptions(options: MetaGradientOptions): void {
  const unknown = Object.keys(options).find((name) => !(known as readonly string[]).includes(name));
  if (unknown !== undefined)
    throw wrong(`options are ${known.join(", ")}`, `"${unknown}"`, "correct its name");
  const { innerLr, innerSteps = 1, testWeight = 1, order, reptile = false, curvatureSteps } = options;
  for (const [name, value] of Object.entries({ innerLr, testWeight })) {
    if (!Number.isFinite(value) || value < 0) {
      throw wrong(`${name} must be a number of at least 0`, String(value), "give another one");
    }
  }
  if (!Number.isInteger(innerSteps) || innerSteps < 1) {
    throw wrong("innerSteps must be a whole number of at least 1", String(innerSteps), "give another one");
  }
  if (order !== undefined && order !== "first" && order !== "second") {
    throw wrong('order must be "first" or "second"', `"${String(order)}"`, "choose one of them");
  }
  if (typeof reptile !== "boolean") {
    throw wrong("reptile must be true or false", String(reptile), "choose one of them");
  }
  if (order === "first" && curvatureSteps !== undefined) {
    throw wrong('curvatureSteps belong to order "second"', 'them with "first"', "leave them out");
  }
  if (!reptile) return;
  const contradicting = (["testWeight", "innerParams", "curvatureSteps"] as const).find(
    (name) => options[name] !== undefined,
  );
  if (contradicting !== undefined || order === "second") {
    throw wrong(
      "reptile is of first order and knows no testWeight, innerParams or curvatureSteps",
      contradicting ?? 'order "second"',
      "leave it out",
    );
  }
}

function wrong(expected: string, found: string, remedy: string): LtuError {
  return new LtuError("OPTION", `metaGradient: ${expected}, found ${found}; ${remedy}.`);
}
