import { LtuError } from "@ltu/core";

/**
 * Refuses options that a method does not have.
 *
 * @param unknown - What is left of the options given once the known ones are taken out.
 * @throws LtuError `OPTION` naming the first of them and the known ones.
 */
export function checkKnown(method: string, unknown: object, known: readonly string[]): void {
  const [stranger] = Object.keys(unknown);
  if (stranger === undefined) return;
  throw new LtuError(
    "OPTION",
    `${method}: expected options out of ${known.join(", ")}, found "${stranger}"; correct the option.`,
  );
}
