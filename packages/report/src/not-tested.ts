import { hasStrength } from "./audit.ts";
import { isMissing } from "./reasons.ts";
import { oracleRow, type Result } from "./result.ts";

/** Which attacks there were none of. */
function singleImages({ rows, shadows }: Result): string {
  const run = [
    ...new Set(
      rows.flatMap(({ audit }) =>
        (audit?.attacks ?? []).flatMap(({ attack, reading }) => (hasStrength(reading) ? [attack] : [])),
      ),
    ),
  ];
  if (shadows !== undefined && shadows.unlearnedBy.length > 0) {
    const without = rows.filter(
      ({ label, method }) => method !== "retrain" && !shadows.unlearnedBy.includes(label),
    );
    const few =
      shadows.originals < 64 ? ` ${shadows.originals} are few: what they do not find, more may find.` : "";
    return `Stronger attacks: beside MIA-efficacy ${run.join(", ")} were run, the strongest of them with ${shadows.originals} shadow models.${few}${
      without.length === 0
        ? ""
        : ` For ${without.map(({ label }) => label).join(", ")} no shadow model was unlearned, so their strongest attacks were not run.`
    }`;
  }
  return run.length === 0
    ? "Single images: MIA is one attack with one threshold for all images. Attacks with a distribution for each image (U-LiRA, RMIA), label-only attacks and attacks that see the model before and after were not run."
    : `Stronger attacks: beside MIA-efficacy ${run.join(", ")} were run. U-LiRA, with shadow models that were unlearned by the same method, and attacks that see the model before and after, fitted on such models, were not: they are the strongest known.`;
}

/** What of chance was not measured. */
function chance({ oracles: { reference, heldOut } }: Result): string {
  const count = `${reference.length === 1 ? "one retrained model" : `${reference.length} retrained models`}`;
  return heldOut.length === 0
    ? `Chance: one seed, one original and ${count}. How far one more retrained model would be from ${reference.length === 1 ? "it" : "their mean"} was not measured, so small differences say nothing and no ranking is given.`
    : `Chance: one seed and one original. ${heldOut.length === 1 ? "One retrained model was" : `${heldOut.length} retrained models were`} held out of ${reference.length + heldOut.length}, so the noise floor is itself a rough number, and methods were run once each; no ranking is given.`;
}

/**
 * What a run does not show, one sentence each: the scope that every record of it must state. A result of one run
 * holds one seed, one retrained model and one population attack, so the list is never empty.
 */
export function notTested(result: Result): string[] {
  const feedback = result.rows.filter(({ notHeldOut }) => notHeldOut !== undefined).map(({ label }) => label);
  const missing = result.rows.filter(({ metrics }) => Object.values(metrics).some(isMissing));
  return [
    oracleRow(result) === undefined
      ? "Closeness to a model retrained without the forget set: there is none in this run."
      : chance(result),
    singleImages(result),
    ...(feedback.length === 0
      ? []
      : [
          `Held-out attack: for ${feedback.join(", ")} MIA and |AUC - 1/2| read a signal that was used while unlearning, so they flatter these rows.`,
        ]),
    ...(result.rows.some(({ audit }) => audit?.relearn !== undefined)
      ? []
      : ["Relearning: whether the forgotten images come back faster than new ones would."]),
    "Other data, other models, other forget sets and other shares of retained data than those named below.",
    "Equal tuning: whether every method had the same effort spent on its options is not part of this record.",
    ...(missing.length === 0
      ? []
      : [
          `Numbers that could not be had in the rows ${missing.map(({ label }) => label).join(", ")}; the reasons stand below the table.`,
        ]),
    "Proof: these are measurements. They are no certificate that anything was deleted.",
  ];
}
