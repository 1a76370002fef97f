import { basename } from "node:path";

import { LtuError } from "@ltu/core";
import type { AuditNeed, Evaluator } from "@ltu/mia/evaluators";

import type { ComparesWith } from "./evaluator-names.ts";
import { loadModule } from "./load-module.ts";

/** What an evaluator may need; a record, so that none is left out. */
const needs: Readonly<Record<AuditNeed, true>> = {
  before: true,
  calibration: true,
  features: true,
  fit: true,
  gradientNorms: true,
  population: true,
  shadows: true,
  views: true,
};

/**
 * The evaluator that a module of somebody's own exports.
 *
 * @throws LtuError `OPTION` when it cannot be loaded, or exports no evaluator or several.
 */
export async function evaluatorOfModule(
  entry: string,
  folder: string,
): Promise<{ readonly evaluator: Evaluator; readonly sha256: string }> {
  const { exported, sha256 } = await loadModule(entry, { folder, where: "audit.evaluators" });
  const found = Object.values(exported).filter(isEvaluator);
  const [evaluator] = found;
  if (evaluator === undefined || found.length > 1) {
    throw new LtuError(
      "OPTION",
      `experiment: audit.evaluators: ${basename(entry)} must export one evaluator, as defineEvaluator of @ltu/mia makes it, found ${found.length} among [${Object.keys(exported).join(", ")}]; see "Add your own evaluator" in the README of @ltu/mia.`,
    );
  }
  return { evaluator, sha256 };
}

/** Whether a value has the members of the contract. A feedback attack has not: it cannot come in this way. */
function isEvaluator(value: unknown): value is Evaluator {
  const found = (value ?? {}) as Partial<Evaluator>;
  return (
    found.role === "evaluator" &&
    typeof found.name === "string" &&
    typeof found.readsLabels === "boolean" &&
    typeof found.evaluate === "function" &&
    ["population", "perExample", "query"].includes(found.kind ?? "") &&
    Array.isArray(found.families) &&
    found.families.length > 0 &&
    Array.isArray(found.needs) &&
    found.needs.every((need) => Object.hasOwn(needs, need))
  );
}

/**
 * The models that an evaluator of somebody's own compares with, by what it needs: one that is fitted on pairs of outputs
 * before and after needs models that were unlearned; shadow models are those of the run, or its retrained models where it
 * has none.
 */
export function comparesWithOf(
  { needs: own }: Pick<Evaluator, "needs">,
  { hasShadows }: { readonly hasShadows: boolean },
): ComparesWith {
  if (own.includes("before") && own.includes("fit")) return "unlearned";
  if (own.includes("shadows")) return hasShadows ? "originals" : "oracles";
  return own.includes("features") ? "oracles" : "none";
}
