import { LtuError } from "@ltu/core";

/** What a number must be; both ends are allowed. */
export interface NumberRange {
  readonly min: number;
  /** Default: no upper end. */
  readonly max?: number;
  /** Whether it must be whole; default false. */
  readonly whole?: boolean;
}

/**
 * Checks one number of a method's options.
 *
 * @returns The number.
 * @throws LtuError `OPTION` naming the option, its range and what was found.
 */
export function checkNumber(
  method: string,
  name: string,
  value: number,
  { min, max = Number.POSITIVE_INFINITY, whole = false }: NumberRange,
): number {
  const isFine = typeof value === "number" && Number.isFinite(value) && value >= min && value <= max;
  if (isFine && (!whole || Number.isInteger(value))) return value;
  const range = max === Number.POSITIVE_INFINITY ? `of at least ${min}` : `from ${min} to ${max}`;
  const found = typeof value === "number" ? String(value) : JSON.stringify(value);
  throw new LtuError(
    "OPTION",
    `${method}: expected ${name} to be a ${whole ? "whole " : ""}number ${range}, found ${found}; correct the option.`,
  );
}
