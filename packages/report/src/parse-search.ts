import { z } from "zod";

import { checkVersion, invalid, json as anyJson, metrics, number, seconds } from "./format-parts.ts";
import { refuseOneSided } from "./one-sided.ts";
import {
  searchGap,
  searchVersion,
  shortlistOf,
  type Search,
  type SearchRow,
  type SearchTrial,
} from "./search.ts";

const value = z.union([number, z.string(), z.boolean()]);
const options = z.record(z.string(), value);
const range = z.union([
  z.strictObject({ scale: z.enum(["log", "linear", "whole"]), from: number, to: number }),
  z.strictObject({ scale: z.literal("choice"), values: z.array(value).min(1) }),
]);
const space = { fixed: options, ranges: z.record(z.string(), range) } as const;
const count = z.int().min(0);
const reading = { seed: z.int(), seconds: seconds.optional() } as const;
const schema = z.strictObject({
  schemaVersion: z.literal(searchVersion),
  kind: z.literal("search"),
  name: z.string().min(1),
  description: z.string(),
  config: anyJson,
  measuredOn: z.literal("validation"),
  rule: z.string(),
  seeds: z.array(z.int()).min(1),
  shortlist: number.gt(0).max(1).optional(),
  retrain: z.array(z.strictObject({ seed: z.int(), oracles: z.int().min(1), metrics })),
  rows: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        method: z.string().min(1),
        base: z.record(z.string(), anyJson),
        ...space,
        published: z.strictObject({
          ...space,
          what: z.enum(["range", "point", "none"]),
          source: z.string(),
        }),
        trials: z
          .array(
            z.strictObject({
              options,
              seeds: z.array(
                z.union([
                  z.strictObject({
                    ...reading,
                    metrics,
                    cost: z.strictObject({ imagesForward: count, imagesBackward: count, steps: count }),
                  }),
                  z.strictObject({
                    ...reading,
                    failed: z.strictObject({ reason: z.literal("DIVERGED"), detail: z.string() }),
                  }),
                ]),
              ),
            }),
          )
          .min(1),
        choice: z.union([
          z.strictObject({ index: count, options, meanGap: number.min(0), tried: count, failed: count }),
          z.strictObject({ reason: z.string() }),
        ]),
      }),
    )
    .min(1),
  engine: z.strictObject({ name: z.string(), threads: number }),
  versions: z.record(z.string(), z.string()),
  notes: z.array(z.string()),
});

/** Rounding of a JSON writer that prints fewer digits. */
const tolerance = 1e-6;

/**
 * Checks what was read from a `search.json`, or is about to be written to one.
 *
 * Beside the shape: labels are unique and read no metric one-sidedly, every configuration has one outcome at every seed,
 * or at the first alone where the shortlist left it out; the retrained models are there at every seed, and each choice is what the rule makes of the trials.
 *
 * @param json - As from `JSON.parse`.
 * @returns The same data, typed.
 * @throws RangeError with the place and the mistake.
 */
export function parseSearch(json: unknown): Search {
  checkVersion(json, { what: "search", version: searchVersion, kind: "search" });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid("search", parsed.error.issues[0]);
  const search: Search = parsed.data;
  const labels = search.rows.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new RangeError(`search: labels of rows must be unique, found "${twice}" twice; rename one.`);
  }
  labels.forEach((label, i) => refuseOneSided(label, `rows[${i}].label`));
  checkSeeds(search.seeds, search.retrain, "search: retrain");
  for (const row of search.rows) checkRow(row, search);
  return search;
}

function checkRow(row: SearchRow, search: Search): void {
  const where = `search: row "${row.label}"`;
  const goesOn = search.shortlist === undefined ? undefined : finalists(row, search, search.shortlist);
  row.trials.forEach(({ seeds }, i) => {
    const wanted = goesOn?.includes(i) === false ? search.seeds.slice(0, 1) : search.seeds;
    checkSeeds(wanted, seeds, `${where}, trial ${i + 1}`);
  });
  const means = row.trials.map((trial) => meanGap(trial, search));
  const best = Math.min(...means.filter((mean) => mean !== undefined));
  const found = "reason" in row.choice ? undefined : row.choice;
  if (found === undefined ? best === Number.POSITIVE_INFINITY : isRight(found, means, best)) return;
  throw new RangeError(
    `${where} must choose the smallest mean Avg. Gap, ${best === Number.POSITIVE_INFINITY ? "and there is none" : `${best} of trial ${means.indexOf(best) + 1}`}, found ${
      found === undefined ? "no choice" : `${found.meanGap} of trial ${found.index + 1}`
    }; make the search again.`,
  );
}

function isRight(
  { index, meanGap: stated }: { readonly index: number; readonly meanGap: number },
  means: readonly (number | undefined)[],
  best: number,
): boolean {
  const mean = means[index];
  return mean !== undefined && mean - best <= tolerance && Math.abs(stated - mean) <= tolerance;
}

/** The trials of a row that its shortlist lets go on. */
function finalists({ trials }: SearchRow, search: Search, shortlist: number): readonly number[] {
  const gaps = trials.map(({ seeds: [first] }) => (first ? searchGap(first, search) : { reason: "NONE" }));
  return shortlistOf(gaps, shortlist);
}

/** Over the pilot seeds; `undefined` where one of them has none, or was not asked. */
function meanGap({ seeds }: SearchTrial, search: Search): number | undefined {
  if (seeds.length < search.seeds.length) return undefined;
  const gaps = seeds.map((reading) => searchGap(reading, search));
  const numbers = gaps.filter((gap) => typeof gap === "number");
  return numbers.length < gaps.length ? undefined : numbers.reduce((a, b) => a + b, 0) / gaps.length;
}

function checkSeeds(
  wanted: readonly number[],
  places: readonly { readonly seed: number }[],
  where: string,
): void {
  const found = places.map(({ seed }) => seed).join(", ");
  if (found === wanted.join(", ")) return;
  throw new RangeError(
    `${where} must hold each seed once (${wanted.join(", ")}), found ${found || "none"}; finish the search.`,
  );
}
