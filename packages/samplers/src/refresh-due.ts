import { LtuError } from "@ltu/core";

/** When statistics are computed anew. */
export interface RefreshSchedule {
  /** Every so many epochs, counted from the first; 0: only before the first. */
  readonly every: number;
}

/**
 * Whether statistics are due before an epoch: losses go stale as the weights move, features of the original model do not.
 *
 * @param epoch - Counted from 0. The first is always due.
 * @throws LtuError `OPTION` for numbers that are not whole or below 0.
 *
 * @example
 * ```ts
 * import { refreshDue } from "@ltu/samplers";
 *
 * console.log([0, 1, 2, 3, 4].filter((epoch) => refreshDue(epoch, { every: 2 }))); // → [ 0, 2, 4 ]
 * console.log([0, 1, 2, 3, 4].filter((epoch) => refreshDue(epoch, { every: 0 }))); // → [ 0 ]
 * ```
 */
export function refreshDue(epoch: number, { every }: RefreshSchedule): boolean {
  for (const [name, value] of Object.entries({ epoch, every })) {
    if (!Number.isInteger(value) || value < 0) {
      throw new LtuError(
        "OPTION",
        `refreshDue: ${name} must be a whole number of at least 0, found ${value}; give another.`,
      );
    }
  }
  return epoch === 0 || (every > 0 && epoch % every === 0);
}
