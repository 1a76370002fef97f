import { overSeeds, type OverSeeds } from "./over-seeds.ts";
import { isMissing, type Reading } from "./reasons.ts";
import type { AxisValue, Study, StudyAttack, StudyStrength } from "./study.ts";

/** An evaluator on the models of one kind, over the seeds of a study. */
export interface StudyAttackSummary extends Pick<StudyAttack, "attack" | "role" | "shadowsOf"> {
  /** Held-out oracles together; the label for a row. */
  readonly model: string;
  readonly value: AxisValue | undefined;
  readonly auc: OverSeeds;
  /** |AUC - 1/2| of each seed, and the mean of that. */
  readonly aucDistance: OverSeeds;
  /** True-positive rate at 1 % false positives; of the score as it is, and turned round. */
  readonly tprAt1: OverSeeds;
  readonly turnedTprAt1: OverSeeds;
  /** Why there is no number, each reason once. */
  readonly reasons: readonly string[];
  /** What it shares with the feedback of the row, where that was allowed. */
  readonly marks: readonly string[];
}

/** The labels of rows that were attacked by an evaluator which shares with their feedback. */
export function markedRows({ attacks = [] }: Pick<Study, "attacks">): ReadonlySet<string> {
  return new Set(
    attacks.flatMap(({ role, model, mark }) => (role === "row" && mark !== undefined ? [model] : [])),
  );
}

/**
 * Each evaluator on the original, on the held-out oracles and on each row, summarised over seeds. Several held-out oracles
 * of one seed count once, with their mean: they share their split.
 */
export function studyAttackSummaries({ attacks = [], seeds, axis }: Study): StudyAttackSummary[] {
  const values: readonly (AxisValue | undefined)[] = axis?.values ?? [undefined];
  const kept = attacks.filter(({ role }) => role !== "oracle");
  const nameOf = ({ role, model }: StudyAttack): string => (role === "row" ? model : role);
  const groups = new Map<string, StudyAttack[]>();
  for (const found of kept) {
    const key = JSON.stringify([found.role, nameOf(found), found.attack, found.shadowsOf]);
    groups.set(key, [...(groups.get(key) ?? []), found]);
  }
  return [...groups.values()].flatMap((group) =>
    values.flatMap((value): StudyAttackSummary[] => {
      const own = group.filter((found) => found.value === value);
      const [first] = own;
      if (first === undefined) return [];
      const over = (read: (strength: StudyStrength) => Reading): OverSeeds =>
        overSeeds(
          seeds.map((seed) => {
            const readings = own
              .filter((found) => found.seed === seed)
              .map(({ reading }) => ("auc" in reading ? read(reading) : undefined))
              .filter((reading) => reading !== undefined);
            return readings.find(isMissing) ?? overSeeds(readings).mean;
          }),
        );
      const rateAt1 = (rates: StudyStrength["tpr"]): Reading => {
        const rate = rates[1] ?? { reason: "NOT_RUN" as const };
        return isMissing(rate) ? rate : rate.estimate;
      };
      return [
        {
          attack: first.attack,
          role: first.role,
          ...(first.shadowsOf === undefined ? {} : { shadowsOf: first.shadowsOf }),
          model: nameOf(first),
          value,
          auc: over(({ auc }) => auc),
          aucDistance: over(({ auc }) => Math.abs(auc - 0.5)),
          tprAt1: over(({ tpr }) => rateAt1(tpr)),
          turnedTprAt1: over(({ turnedTpr }) => rateAt1(turnedTpr)),
          reasons: [...new Set(own.flatMap(({ reading }) => ("auc" in reading ? [] : [reading.reason])))],
          marks: [...new Set(own.flatMap(({ mark }) => mark ?? []))],
        },
      ];
    }),
  );
}
