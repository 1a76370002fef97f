import { LtuError } from "@ltu/core";

/**
 * Checks an option that is one of a few values.
 *
 * @throws LtuError `OPTION` naming the option, its values and what was found.
 */
export function checkChoice(
  method: string,
  name: string,
  value: unknown,
  choices: readonly (string | boolean)[],
): void {
  if (choices.includes(value as string | boolean)) return;
  const values = choices.map((choice) => JSON.stringify(choice)).join(" or ");
  throw new LtuError(
    "OPTION",
    `${method}: expected ${name} to be ${values}, found ${JSON.stringify(value)}; correct the option.`,
  );
}
