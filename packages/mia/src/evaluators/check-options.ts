import { LtuError } from "@ltu/core";

/** What an option may be: one of some words, or a rule in words with its test. */
export type OptionRule =
  readonly string[] | { readonly expected: string; readonly holds: (value: unknown) => boolean };

/** A number above 0. */
export const aboveZero: OptionRule = {
  expected: "a number above 0",
  holds: (value) => typeof value === "number" && value > 0 && Number.isFinite(value),
};

/** A number strictly between 0 and 1. */
export const betweenZeroAndOne: OptionRule = {
  expected: "above 0 and below 1",
  holds: (value) => typeof value === "number" && value > 0 && value < 1,
};

/** A whole number from some least one on. */
export const wholeFrom = (least: number): OptionRule => ({
  expected: `a whole number of at least ${least}`,
  holds: (value) => Number.isInteger(value) && (value as number) >= least,
});

/** Yes or no. */
export const yesOrNo: OptionRule = {
  expected: "true or false",
  holds: (value) => typeof value === "boolean",
};

/** A text that is not empty. */
export const someText: OptionRule = {
  expected: "a text that is not empty",
  holds: (value) => typeof value === "string" && value !== "",
};

/**
 * Refuses an option that is not known and a value that its rule does not allow; one that is left out is fine.
 *
 * @throws LtuError `OPTION`.
 */
export function checkOptions(
  where: string,
  options: object,
  rules: Readonly<Record<string, OptionRule>>,
): void {
  for (const [key, value] of Object.entries(options)) {
    const rule = Object.hasOwn(rules, key) ? rules[key] : undefined;
    if (rule === undefined) {
      const known = Object.keys(rules).join(", ") || "none";
      throw new LtuError("OPTION", `${where}: options are ${known}, found "${key}"; correct the name.`);
    }
    if (value === undefined) continue;
    const words = Array.isArray(rule) ? (rule as readonly string[]) : undefined;
    const fine =
      words === undefined
        ? (rule as Exclude<OptionRule, readonly string[]>).holds(value)
        : words.includes(value as string);
    if (!fine) {
      const expected =
        words === undefined ? (rule as Exclude<OptionRule, readonly string[]>).expected : words.join(", ");
      throw new LtuError(
        "OPTION",
        `${where}: ${key} must be ${expected}, found ${String(value)}; change it.`,
      );
    }
  }
}
