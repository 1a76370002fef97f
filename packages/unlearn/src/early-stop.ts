/** When a run may end before its last step. */
export interface EarlyStop {
  /** How far the mean attack logit may be from the non-members', in their spreads; at least 0. */
  readonly tolerance: number;
  /** For how many steps in a row; at least 1. */
  readonly steps: number;
}

/**
 * Whether the audit samples have looked like non-members for long enough.
 *
 * The rule: in each of the last `steps` steps, the mean standardised attack logit of the audit samples, (u - mean) /
 * spread over non-members, lay within `tolerance` of 0.
 *
 * @param attackMeans - One number a step, the last step last.
 */
export function hasForgotten(attackMeans: readonly number[], { tolerance, steps }: EarlyStop): boolean {
  const last = attackMeans.slice(-steps);
  return last.length === steps && last.every((mean) => Math.abs(mean) <= tolerance);
}
