import { LtuError } from "@ltu/core";

/** Refuses options whose names are not known; one that is `undefined` counts as not given. */
export function checkOptionNames(where: string, options: object, known: readonly string[]): void {
  const unknown = Object.entries(options).find(
    ([name, value]) => value !== undefined && !known.includes(name),
  );
  if (unknown === undefined) return;
  const expected = known.length === 0 ? "no options" : `options out of ${known.join(", ")}`;
  throw new LtuError(
    "OPTION",
    `${where}: expected ${expected}, found "${unknown[0]}"; leave it out or correct it.`,
  );
}
