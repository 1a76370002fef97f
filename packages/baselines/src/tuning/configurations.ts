import { LtuError, type Rng } from "@ltu/core";

/** A value of an option, as an experiment file holds it. */
export type OptionValue = number | string | boolean;

/** Where the values of one option lie; both ends belong to it. */
export type OptionRange =
  | { readonly scale: "log" | "linear" | "whole"; readonly from: number; readonly to: number }
  | { readonly scale: "choice"; readonly values: readonly OptionValue[] };

/** Where a method's options are searched. */
export interface SearchGrid {
  /** The factory in `baselines` (a row may be a factory with a fixed option). */
  readonly factory: string;
  /**
   * What others have published: the `"range"` they searched, or a `"point"` alone, around which the range is ours.
   * `"none"`: the row is ours.
   */
  readonly published: "range" | "point" | "none";
  /** Whose range it is, and what of it is ours. */
  readonly source: string;
  /** Options that are not searched. */
  readonly fixed: Readonly<Record<string, OptionValue>>;
  readonly ranges: Readonly<Record<string, OptionRange>>;
}

/** One configuration: the options to give to a factory. */
export type Configuration = Readonly<Record<string, OptionValue>>;

/** Options of {@link configurations}. */
export interface ConfigurationsOptions {
  /** How many; the same for every method of one comparison. Default 12. */
  readonly count?: number;
  /** Draws how values of several options meet. */
  readonly rng: Rng;
}

/**
 * Concrete configurations out of a range: each option takes `count` evenly spaced values from one end to the other
 * (on a logarithmic scale where the range says so), and which value of one meets which of another is drawn at random
 * (a Latin hypercube). So a single option is a plain grid, and with several none is tried at fewer values.
 *
 * @returns `count` configurations, the fixed options in each; the first option rises from first to last.
 * @throws LtuError `OPTION` for a count that is not a whole number of at least 1.
 *
 * Source: McKay, Beckman, Conover, "A Comparison of Three Methods for Selecting Values of Input Variables", 1979.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 * import { configurations, grids } from "@ltu/baselines";
 *
 * const tried = configurations(grids.finetune, { count: 3, rng: createRng(1) });
 * console.log(tried.map(({ lr }) => lr).join(" ")); // → 0.001 0.01 0.1
 * ```
 */
export function configurations(
  { fixed, ranges }: SearchGrid,
  { count = 12, rng }: ConfigurationsOptions,
): Configuration[] {
  if (!Number.isInteger(count) || count < 1) {
    throw new LtuError(
      "OPTION",
      `configurations: expected count to be a whole number of at least 1, found ${count}; 12 is the default.`,
    );
  }
  const columns = Object.entries(ranges).map(([option, range], column) => {
    const order = column === 0 ? undefined : rng.split(option).permutation(count);
    const values = Array.from({ length: count }, (_, i) => {
      const place = order === undefined ? i : (order[i] as number);
      return valueAt(range, count === 1 ? 0.5 : place / (count - 1));
    });
    return { option, values };
  });
  return Array.from({ length: count }, (_, i) => ({
    ...fixed,
    ...Object.fromEntries(columns.map(({ option, values }) => [option, values[i] as OptionValue])),
  }));
}

/** The value a share of the way through a range, rounded to four digits so that a file shows what was run. */
function valueAt(range: OptionRange, share: number): OptionValue {
  if (range.scale === "choice") {
    const { values } = range;
    return values[Math.min(values.length - 1, Math.floor(share * values.length))] as OptionValue;
  }
  const { scale, from, to } = range;
  if (scale === "whole") return Math.round(from + share * (to - from));
  const value = scale === "log" ? from * (to / from) ** share : from + share * (to - from);
  return Number(value.toPrecision(4));
}
