import type { OracleContrast } from "./oracle-contrast.ts";
import type { Missing } from "./reasons.ts";

/** A mean with the ends of its interval. */
export interface RankedInterval {
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Methods that no interval tells apart: they share a rank. */
export interface RankGroup {
  /** 1 for the best group; the next one's counts every method before it. */
  readonly rank: number;
  /** Best mean first, which says nothing within a group. */
  readonly names: readonly string[];
}

/**
 * Ranks methods only where their intervals separate: a new rank begins where every interval before lies apart from
 * every interval after.
 *
 * @param rows - Mean and interval by method, as of `tInterval`.
 * @param options - `direction` of the metric: `"lower"` or `"higher"` is better. Metrics whose target is a retrained
 * model have no order of their own: rank distances to it. `contrast`: of {@link oracleContrast}; without a signal
 * nothing is ranked.
 * @returns Groups, the best first, or `NO_CONTRAST`.
 * @throws RangeError when there is no row, an interval is none or the direction is another.
 *
 * @example
 * ```ts
 * import { rankGroups } from "@ltu/metrics";
 *
 * const rows = {
 *   a: { mean: 1, low: 0.8, high: 1.2 },
 *   b: { mean: 1.1, low: 0.9, high: 1.3 },
 *   c: { mean: 3, low: 2.5, high: 3.5 },
 * };
 * console.log(JSON.stringify(rankGroups(rows, { direction: "lower" }))); // → [{"rank":1,"names":["a","b"]},{"rank":3,"names":["c"]}]
 * ```
 */
export function rankGroups(
  rows: Readonly<Record<string, RankedInterval>>,
  {
    direction,
    contrast,
  }: {
    readonly direction: "lower" | "higher";
    readonly contrast?: Pick<OracleContrast, "signal"> | undefined;
  },
): RankGroup[] | Missing {
  if (direction !== "lower" && direction !== "higher") {
    throw new RangeError(
      `rankGroups: direction must be "lower" or "higher", found "${String(direction)}"; rank distances to the retrained model instead.`,
    );
  }
  const entries = Object.entries(rows);
  if (entries.length === 0) {
    throw new RangeError("rankGroups: expected at least one row, found none; give the methods to rank.");
  }
  for (const [name, { mean, low, high }] of entries) {
    if (!(low <= mean && mean <= high)) {
      throw new RangeError(
        `rankGroups: the interval of ${name} must hold its mean, found ${low} to ${high} around ${mean}; make it with tInterval.`,
      );
    }
  }
  if (contrast?.signal === false) return { reason: "NO_CONTRAST" };
  // Lower is better from here on.
  const sorted = entries
    .map(([name, { mean, low, high }]) =>
      direction === "lower" ? { name, mean, low, high } : { name, mean: -mean, low: -high, high: -low },
    )
    .sort((a, b) => a.low - b.low);
  const groups: (typeof sorted)[] = [];
  let reach = Number.NEGATIVE_INFINITY;
  for (const row of sorted) {
    // In the order of their low ends, a gap to all before is a gap between the two parts. The first row opens a group.
    if (groups.length === 0 || row.low > reach) groups.push([]);
    groups.at(-1)?.push(row);
    reach = Math.max(reach, row.high);
  }
  let rank = 1;
  return groups.map((group) => {
    const names = group.sort((a, b) => a.mean - b.mean || (a.name < b.name ? -1 : 1)).map(({ name }) => name);
    const found = { rank, names };
    rank += names.length;
    return found;
  });
}
