import { isMissing } from "@ltu/metrics";
import { hasStrength, type AttackReading, type RateReading, type Result } from "@ltu/report";

/** Chance at this false-positive rate is a true-positive rate of the same size. */
const fpr = 0.01;

/** What the audit made of one of the two models. */
export interface Control {
  readonly name: "do-nothing" | "held-out oracle";
  readonly mustBeCaught: boolean;
  readonly isCaught: boolean;
  /** What was measured, or why it could not be. */
  readonly found: string;
}

/** Both controls, and whether the audit works. */
export interface SelftestVerdict {
  readonly attack: string;
  readonly controls: readonly [Control, Control];
  readonly passed: boolean;
}

/**
 * Whether an attack catches the original model, of which it is known that it remembers, and lets a retrained model be,
 * of which it is known that it has nothing to remember.
 *
 * Caught: the lower bound of the true-positive rate at 1 % false positives is above 1 %. The retrained model must not be
 * caught in either direction of the score.
 */
export function judgeSelftest(result: Result, attack: string): SelftestVerdict {
  const original = result.rows.find(({ method }) => method === "do-nothing")?.audit;
  const [heldOut] = result.oracles.heldOut;
  const controls = [
    control("do-nothing", readingOf(original?.attacks, attack)),
    control("held-out oracle", readingOf(heldOut?.audit?.attacks, attack)),
  ] as const;
  return {
    attack,
    controls,
    passed: controls.every(
      ({ mustBeCaught, isCaught, found }) => mustBeCaught === isCaught && !found.startsWith("n/a"),
    ),
  };
}

/** The verdict for a terminal. */
export function selftestText({ attack, controls, passed }: SelftestVerdict): string {
  const lines = controls.map(
    ({ name, mustBeCaught, isCaught, found }) =>
      `${name.padEnd(16)} must ${mustBeCaught ? "be caught:    " : "not be caught:"} ${isCaught ? "caught" : "not caught"}, ${found}`,
  );
  return [...lines, `the audit (${attack}) ${passed ? "works" : "does NOT work"}`].join("\n");
}

function readingOf(
  attacks: readonly AttackReading[] = [],
  attack: string,
): AttackReading["reading"] | undefined {
  return attacks.find((each) => each.attack === attack)?.reading;
}

function control(name: Control["name"], reading: AttackReading["reading"] | undefined): Control {
  const mustBeCaught = name === "do-nothing";
  const nothing = (why: string): Control => ({ name, mustBeCaught, isCaught: false, found: `n/a: ${why}` });
  if (reading === undefined) return nothing("the attack did not run");
  if (!hasStrength(reading)) return nothing(reading.detail);
  const at = (rates: typeof reading.tpr): RateReading | undefined =>
    rates.filter((rate): rate is RateReading => !isMissing(rate)).find((rate) => rate.fpr === fpr);
  const [straight, turned] = [at(reading.tpr), at(reading.turnedTpr)];
  if (straight === undefined || turned === undefined) return nothing("too few samples for a rate of 1 %");
  const percent = (share: number): string => (100 * share).toFixed(1);
  const said = ({ estimate, low, high }: RateReading): string =>
    `${percent(estimate)} % [${percent(low)}, ${percent(high)}]`;
  return {
    name,
    mustBeCaught,
    isCaught: straight.low > fpr || (!mustBeCaught && turned.low > fpr),
    found: `TPR at 1 % FPR ${said(straight)}, score turned ${said(turned)}, AUC ${reading.auc.toFixed(3)}`,
  };
}
