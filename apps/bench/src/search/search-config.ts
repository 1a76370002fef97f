import { grids, type GridName, type OptionRange, type OptionValue } from "@ltu/baselines";
import { LtuError } from "@ltu/core";
import { z } from "zod";

import { seededKeys, type SeededConfig } from "../seeded-config.ts";
import { parseStrict } from "../strict-json.ts";

/** One row of a search: a method with what stands and what is searched. */
export interface SearchRowConfig {
  /** The row's name; no two rows share it. */
  readonly label: string;
  /** A row of `grids` of `@ltu/baselines`, or `"ltu"`. */
  readonly method: string;
  /** What every configuration is laid over, such as the data regime. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Options that are not searched; those of the method's grid unless given. */
  readonly fixed?: Readonly<Record<string, OptionValue>> | undefined;
  /** Where options are searched, the first rising from trial to trial; the method's grid unless given. */
  readonly ranges?: Readonly<Record<string, OptionRange>> | undefined;
  /** How many configurations are tried. */
  readonly count: number;
}

/** A search of options at pilot seeds, none of which is reported on, with validation images in place of test images. */
export interface SearchConfig extends SeededConfig {
  readonly kind: "search";
  /**
   * The share of each row's configurations, the best at the first pilot seed, that goes on to the other seeds; see
   * `shortlistOf` of `@ltu/report`. All of them unless given.
   */
  readonly shortlist?: number | undefined;
  readonly rows: readonly SearchRowConfig[];
}

const value: z.ZodType<OptionValue> = z.union([z.number(), z.string(), z.boolean()]);
const ends = { from: z.number(), to: z.number() } as const;
const range: z.ZodType<OptionRange> = z.discriminatedUnion("scale", [
  z.strictObject({ scale: z.literal("log"), ...ends }),
  z.strictObject({ scale: z.literal("linear"), ...ends }),
  z.strictObject({ scale: z.literal("whole"), ...ends }),
  z.strictObject({ scale: z.literal("choice"), values: z.array(value).min(1) }),
]);

const search: z.ZodType<SearchConfig> = z.strictObject({
  ...seededKeys("search"),
  kind: z.literal("search"),
  shortlist: z.number().gt(0).max(1).optional(),
  rows: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        method: z.string(),
        options: z.record(z.string(), z.unknown()).default({}),
        fixed: z.record(z.string(), value).optional(),
        ranges: z.record(z.string(), range).optional(),
        count: z.int().min(1),
      }),
    )
    .min(1, "a search needs at least one row"),
});

/**
 * Checks a search's JSON.
 *
 * @throws LtuError `OPTION` for a mistake in it, a shortlist that nothing follows, and a range that does not hold the published
 * one.
 */
export function parseSearchConfig(json: unknown, source: string): SearchConfig {
  const parsed = parseStrict(search, json, { what: "search", source });
  if (parsed.shortlist !== undefined && parsed.seeds.length < 2) {
    throw new LtuError(
      "OPTION",
      `search ${source}: expected two pilot seeds or more to go on to with a shortlist, found ${parsed.seeds.length}; name another seed or leave shortlist out.`,
    );
  }
  for (const row of parsed.rows) checkRanges(row, source);
  return parsed;
}

/** A rival is searched where its authors did, at least: a range may be wider than the published one, never narrower. */
function checkRanges({ label, method, fixed, ranges }: SearchRowConfig, source: string): void {
  const published = (Object.keys(grids) as GridName[]).includes(method as GridName)
    ? grids[method as GridName]
    : undefined;
  if (published === undefined || published.published === "none") return;
  const searched = ranges ?? published.ranges;
  const stands: Readonly<Record<string, OptionValue>> = fixed ?? published.fixed;
  const refuse = (option: string, should: string, found: string): never => {
    throw new LtuError(
      "OPTION",
      `search ${source}: row "${label}" must search ${option} at least where it is published, ${should}, found ${found}; widen the range, or leave it out to take the published one.`,
    );
  };
  for (const [option, wanted] of Object.entries(published.ranges)) {
    const given = searched[option];
    if (given === undefined || !holds(given, wanted))
      refuse(option, rangeText(wanted), given === undefined ? "none" : rangeText(given));
  }
  for (const [option, wanted] of Object.entries(published.fixed)) {
    const given = searched[option];
    const found = given === undefined ? (stands[option] ?? wanted) : undefined;
    if (given !== undefined ? !holds(given, { scale: "choice", values: [wanted] }) : found !== wanted)
      refuse(option, String(wanted), given === undefined ? String(found) : rangeText(given));
  }
}

/** Whether every value of one range lies in another. */
function holds(outer: OptionRange, inner: OptionRange): boolean {
  if (inner.scale !== "choice") {
    return outer.scale !== "choice" && outer.from <= inner.from && outer.to >= inner.to;
  }
  return inner.values.every((each) =>
    outer.scale === "choice"
      ? outer.values.includes(each)
      : typeof each === "number" && outer.from <= each && each <= outer.to,
  );
}

function rangeText(range: OptionRange): string {
  return range.scale === "choice" ? range.values.join(" or ") : `${range.from} to ${range.to}`;
}
