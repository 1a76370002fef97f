import { LtuError } from "@ltu/core";
import type { AxisValue } from "@ltu/report";
import { z } from "zod";

import { method, type MethodEntry } from "../config.ts";
import { areDistinct, plainName, seededKeys, type SeededConfig } from "../seeded-config.ts";
import { parseStrict } from "../strict-json.ts";

/** One change to the default row of a study. */
export interface StudyVariant {
  readonly label: string;
  /** Laid over the options of the default row. */
  readonly options: Record<string, unknown>;
}

/** A study: one experiment at several seeds, with variants of one row or values of one key. */
export interface StudyConfig extends SeededConfig {
  readonly kind: "study";
  /**
   * A search of the repository: the rows it chose options for follow the experiment's own, all of them or those named;
   * with `shadows` the audit's shadow models are unlearned by each of them too.
   */
  readonly choices?:
    | {
        readonly search: string;
        readonly rows?: readonly string[] | undefined;
        readonly shadows?: boolean | undefined;
      }
    | undefined;
  /** The row that every other one is compared with, seed by seed. */
  readonly against?: string | undefined;
  /** The row that the variants differ from; it follows the experiment's own methods. */
  readonly default?: MethodEntry | undefined;
  readonly variants: readonly StudyVariant[];
  /** Whether the experiment's evaluators attack every model; false by default. */
  readonly evaluators: boolean;
  /** A key of the experiment, such as `retainFraction`, and the values it takes. */
  readonly axis?: { readonly key: string; readonly values: readonly AxisValue[] } | undefined;
}

const axisValue: z.ZodType<AxisValue> = z.union([z.number(), z.string(), z.boolean()]);

const study: z.ZodType<StudyConfig> = z.strictObject({
  ...seededKeys("study"),
  kind: z.literal("study"),
  choices: z
    .strictObject({
      search: plainName,
      rows: z.array(z.string()).min(1).refine(areDistinct, "every row once").optional(),
      shadows: z.boolean().optional(),
    })
    .optional(),
  against: z.string().optional().describe("the label of a row"),
  default: method.optional(),
  variants: z
    .array(
      z.strictObject({
        label: z.string().min(1),
        options: z.record(z.string(), z.unknown()),
      }),
    )
    .default([]),
  evaluators: z.boolean().default(false).describe("let the experiment's evaluators attack every model"),
  axis: z
    .strictObject({
      key: z.string().min(1),
      values: z.array(axisValue).min(1).refine(areDistinct, "every value once"),
    })
    .optional(),
});

/**
 * Checks a study's JSON.
 *
 * @throws LtuError `OPTION` for a mistake in it, variants without the row they change, and variants beside an axis.
 */
export function parseStudyConfig(json: unknown, source: string): StudyConfig {
  const parsed = parseStrict(study, json, { what: "study", source });
  const mistake =
    (parsed.default === undefined) !== (parsed.variants.length === 0)
      ? `"default" and "variants" belong together, found only one of them; give the row and its changes, or neither`
      : parsed.axis !== undefined && parsed.default !== undefined
        ? `"variants" and "axis" cannot both be varied; make two studies`
        : undefined;
  if (mistake !== undefined) throw new LtuError("OPTION", `study ${source}: ${mistake}.`);
  return parsed;
}
