import { hasStrength, type AttackReading, type AttackStrengthReading, type ModelAudit } from "./audit.ts";
import type { Result } from "./result.ts";

/** The order in which attacks are asked for the one that speaks for a model: references of its own for each image first. */
const order: readonly string[] = [
  "u-lira",
  "rmia-unlearned",
  "rmia-online",
  "rmia",
  "lira-online",
  "lira",
  "quantile",
  "label-only",
  "update-pair",
  "gradient-norm",
  "union",
  "intersection",
  "ensemble",
  "modified-entropy-threshold",
  "entropy-threshold",
  "loss-threshold",
];

/** An attack with its strength. */
export type MeasuredAttack = AttackReading & { readonly reading: AttackStrengthReading };

/** The attacks that gave scores and share nothing with feedback, the one that speaks for the model first. */
export function independentAttacks(audit: ModelAudit | undefined): MeasuredAttack[] {
  const place = ({ attack }: AttackReading): number =>
    order.includes(attack) ? order.indexOf(attack) : order.length;
  return (audit?.attacks ?? [])
    .filter((each): each is MeasuredAttack => each.mark === undefined && hasStrength(each.reading))
    .toSorted((a, b) => place(a) - place(b));
}

/** The same attack on each reference oracle, with the same shadow models, as far as it gave scores. */
export function onOracles(
  { oracles: { reference } }: Pick<Result, "oracles">,
  { attack, shadowsOf }: Pick<AttackReading, "attack" | "shadowsOf">,
): AttackStrengthReading[] {
  return reference.flatMap(({ audit }) => {
    const found = audit?.attacks.find(
      (each) => each.attack === attack && each.shadowsOf === shadowsOf,
    )?.reading;
    return found !== undefined && hasStrength(found) ? [found] : [];
  });
}
