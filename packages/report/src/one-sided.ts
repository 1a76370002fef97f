/** Words that give a membership number, or any metric of unlearning, a good end; or claim what no audit shows. */
const claims: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern: /\b(lower|higher|smaller|larger|less|more)[ _-]?is[ _-]?better\b|[↑↓]/i,
    why: "has no better end; its target is the retrained model's value",
  },
  {
    pattern: /(attack|mia|membership|inference)[ _-]?(success|advantage|acc\b|accuracy|leak|risk)/i,
    why: "reads a membership attack in one direction, and an attacker may turn the score round; give the distance to the retrained model's value",
  },
  {
    pattern: /\b(privacy|private|safe|certified|provabl[ey]|guaranteed?)\b|privacy(score|level)/i,
    why: "claims what no empirical audit shows; name what was measured",
  },
];

/**
 * Refuses a name of a metric, a column or a row that reads a membership number one-sidedly ("attack success",
 * "MIA, lower is better") or claims a proof ("certified").
 *
 * @param name - The name as it would be printed.
 * @param where - Where it stands, for the message.
 * @throws RangeError with the reason.
 *
 * @example
 * ```ts
 * import { refuseOneSided } from "@ltu/report";
 *
 * refuseOneSided("MIA-efficacy", "column 5");
 * try {
 *   refuseOneSided("attack success", "column 5");
 * } catch (error) {
 *   console.log(error.name); // → RangeError
 * }
 * ```
 */
export function refuseOneSided(name: string, where: string): void {
  const claim = claims.find(({ pattern }) => pattern.test(name));
  if (claim === undefined) return;
  throw new RangeError(
    `report: ${where} must name a metric without a good end, found "${name}", which ${claim.why}.`,
  );
}
