import { inOracleUnits } from "@ltu/metrics";

import { attackTests, type AttackTest, type Side } from "./attack-tests.ts";
import type { Ends, ModelAudit } from "./audit.ts";
import { metricKeys, metricLabels } from "./oracles.ts";
import { isMissing, reasonText, type Missing } from "./reasons.ts";
import { oracleRow, type Gap, type Result, type RowMetrics } from "./result.ts";

/** What can be said of one model against the retrained ones. */
export type VerdictKind =
  /** The forget images still look like training images, or are answered right too often. */
  | "under-forgotten"
  /** They look less like training images than images that no model has seen, or are answered wrong too often. */
  | "over-forgotten"
  /** An attack that is fitted on unlearned models finds the forgotten images, more surely than under a retrained model. */
  | "given-away"
  /** It forgot as a retrained model does, but what is retained, or what is new, is answered otherwise. */
  | "differs"
  /** Nothing measured tells it from one more retrained model. That is no proof that there is no difference. */
  | "as-retrained"
  /** The original is no different from the retrained models: nothing can be learned here. */
  | "no-signal"
  /** A number is missing. */
  | "not-measured";

/** A verdict in plain words. */
export interface Verdict {
  readonly label: string;
  readonly kind: VerdictKind;
  /** Without the label; one or two sentences. */
  readonly text: string;
  /** True for a held-out oracle, of which the right verdict is known. */
  readonly isControl: boolean;
}

interface Measured {
  readonly metrics: RowMetrics;
  readonly gap: Gap;
  readonly audit?: ModelAudit | undefined;
}

/**
 * One verdict for each method of a run, and for each held-out oracle as control; none without a retrained model.
 *
 * With two oracles or more a number counts as different when it lies outside the 95 % band of one more oracle; with one,
 * when the two 95 % intervals over samples have no point in common, for then the spread between retrainings is not known.
 * Attacks are many: their p-values are corrected by Holm over those on one model, see {@link attackTests}.
 */
export function verdicts(result: Result): Verdict[] {
  const oracle = oracleRow(result);
  if (oracle === undefined) return [];
  const said = (label: string, measured: Measured, isControl: boolean): Verdict => ({
    label,
    isControl,
    ...verdictOf(result, measured),
  });
  return [
    ...result.oracles.heldOut.map((each) => said(each.name, each, true)),
    ...result.rows.filter((row) => row !== oracle).map((row) => said(row.label, row, false)),
  ];
}

/** A verdict with its label, as one paragraph. */
export function verdictLine({ label, kind, text, isControl }: Verdict): string {
  const failed =
    isControl && kind !== "as-retrained" && kind !== "no-signal" && kind !== "not-measured"
      ? " But it is a retrained model: the verdicts of this table err as this one does."
      : "";
  return `${label}${isControl ? " (control)" : ""}: ${text}${failed}`;
}

function verdictOf(result: Result, model: Measured): Pick<Verdict, "kind" | "text"> {
  const { gap, metrics } = model;
  if (isMissing(gap)) return { kind: "not-measured", text: `not measured: ${reasonText(gap)}.` };
  if (saysNothing(result)) {
    return {
      kind: "no-signal",
      text: "no signal: the original model does not differ from the retrained ones, so nothing can be said.",
    };
  }
  const side = (key: keyof RowMetrics): Side => sideOf(result, model, key);
  const noise = noiseText(result, gap.value);
  const tests = attackTests(result, model);
  const attacked = tests.find(({ hasDirection }) => hasDirection)?.side ?? "within";
  const lead = leadText(tests);
  const given = givenText(tests);
  const wrong = side("ua");
  const [under, over] = [
    attacked === "above" || (attacked === "within" && wrong === "below"),
    attacked === "below" || (attacked === "within" && wrong === "above"),
  ];
  if (under) {
    const why =
      attacked === "above"
        ? `the forgotten images still look like training images (${aucText(result, metrics)}${lead})${given}`
        : `too few of the forgotten images are answered wrong (${difference(result, metrics, "ua")})${given}`;
    return { kind: "under-forgotten", text: `under-forgotten: ${noise}; ${why}.` };
  }
  if (over) {
    const why =
      attacked === "below"
        ? `the forgotten images look less like training images than images that no model has seen (${aucText(result, metrics)}${lead})${given}`
        : `more of the forgotten images are answered wrong than by retrained models (${difference(result, metrics, "ua")})${given}`;
    return { kind: "over-forgotten", text: `over-forgotten: stands out, ${noise}; ${why}.` };
  }
  if (given !== "") return { kind: "given-away", text: `given away: ${noise}${given}.` };
  const { noiseFloor } = result.oracles;
  const isAboveNoise = isMissing(noiseFloor) || gap.value > noiseFloor;
  const elsewhere = (["ra", "ta"] as const).filter((key) => isAboveNoise && side(key) !== "within");
  if (elsewhere.length > 0) {
    const parts = elsewhere.map((key) => difference(result, metrics, key)).join(", ");
    return {
      kind: "differs",
      text: `forgets like a retrained model, but differs from it elsewhere: ${parts}; ${noise}.`,
    };
  }
  return {
    kind: "as-retrained",
    text: `cannot be told from retraining at this size: ${noise}${lead === "" ? "" : `;${lead.replace(/^,/, "")}`}.`,
  };
}

/** Whether the original differs from the retrained models in nothing that Avg. Gap is made of. */
function saysNothing({ oracles: { contrast } }: Result): boolean {
  return metricKeys
    .filter((key) => key !== "aucForgetTest")
    .every((key) => {
      const found = contrast[key];
      return !isMissing(found) && !found.signal;
    });
}

/** By the band of one more oracle, or by intervals over samples; a number that is no attack's. */
function sideOf(
  { oracles: { reference } }: Result,
  { metrics, audit }: Measured,
  key: keyof RowMetrics,
): Side {
  const value = metrics[key];
  const values = reference.map((oracle) => oracle.metrics[key]);
  if (isMissing(value) || values.some(isMissing)) return "within";
  const numbers = values as readonly number[];
  if (numbers.length >= 2) {
    const found = inOracleUnits(value, numbers);
    if (!isMissing(found)) return found.within ? "within" : found.sds > 0 ? "above" : "below";
    // All oracles have one value, such as 100 %: their spread says nothing, so the samples must.
  }
  return sideOfEnds(audit?.intervals[key], reference[0]?.audit?.intervals[key]);
}

/** Where one interval lies beside another; within where they touch or one of them is not there. */
function sideOfEnds(own: Ends | Missing | undefined, other: Ends | Missing | undefined): Side {
  if (own === undefined || other === undefined || isMissing(own) || isMissing(other)) return "within";
  return own.low > other.high ? "above" : own.high < other.low ? "below" : "within";
}

/** What the attack with the smallest p found, of those that have a direction. */
function leadText(tests: readonly AttackTest[]): string {
  const lead = tests.find(({ attack, hasDirection }) => attack !== undefined && hasDirection);
  return lead === undefined ? "" : `, ${foundText(lead, tests.length)}`;
}

/** The attack that finds what was forgotten by what unlearning did to it. */
function givenText(tests: readonly AttackTest[]): string {
  const finds = tests.find(({ hasDirection, side }) => !hasDirection && side === "above");
  return finds === undefined
    ? ""
    : `; an attack fitted on unlearned models finds the forgotten images (${foundText(finds, tests.length)})`;
}

/** `rmia AUC 0.80 [0.77, 0.83], p 0.003 after Holm for 3 attacks`. */
function foundText({ attack, p }: AttackTest, count: number): string {
  if (attack === undefined) return "";
  const { auc, aucInterval } = attack.reading;
  const ends = isMissing(aucInterval)
    ? ""
    : ` [${aucInterval.low.toFixed(2)}, ${aucInterval.high.toFixed(2)}]`;
  const shown = p < 0.001 ? "p < 0.001" : `p ${p.toFixed(3)}`;
  return `${attack.attack} AUC ${auc.toFixed(2)}${ends}, ${shown} after Holm for ${count} attacks`;
}

function noiseText({ oracles: { noiseFloor, heldOut } }: Result, gap: number): string {
  if (isMissing(noiseFloor)) return `Avg. Gap ${gap.toFixed(1)} points, noise floor not measured`;
  const above = gap - noiseFloor;
  const whose = heldOut.length === 1 ? "the held-out oracle's" : "the held-out oracles'";
  return above > 0
    ? `${above.toFixed(1)} points above the oracle's noise (Avg. Gap ${gap.toFixed(1)}, ${whose} ${noiseFloor.toFixed(1)})`
    : `within the oracle's noise (Avg. Gap ${gap.toFixed(1)}, ${whose} ${noiseFloor.toFixed(1)})`;
}

function aucText(result: Result, { aucForgetTest: auc }: RowMetrics): string {
  const target = oracleRow(result)?.metrics.aucForgetTest;
  if (isMissing(auc) || target === undefined || isMissing(target)) return "AUC of p_y not measured";
  return `AUC of p_y ${auc.toFixed(2)}, retrained ${target.toFixed(2)}`;
}

/** `RA 7.1 points below the retrained model's`. */
function difference(result: Result, metrics: RowMetrics, key: keyof RowMetrics): string {
  const by = (metrics[key] as number) - (oracleRow(result)?.metrics[key] as number);
  return `${metricLabels[key]} ${Math.abs(by).toFixed(1)} points ${by < 0 ? "below" : "above"} the retrained model's`;
}
