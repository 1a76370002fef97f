import { LtuError } from "@ltu/core";
import type { AxisValue } from "@ltu/report";
import { z } from "zod";

import { method, type MethodEntry } from "../config.ts";
import { parseStrict } from "../strict-json.ts";

/** One change to the default row of a study. */
export interface StudyVariant {
  readonly label: string;
  /** Laid over the options of the default row. */
  readonly options: Record<string, unknown>;
}

/** A study: one experiment at several seeds, with variants of one row or values of one key. */
export interface StudyConfig {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly kind: "study";
  readonly name: string;
  readonly description: string;
  /** The base: an experiment of the repository by its name, or the content of an experiment file. */
  readonly experiment: string | Record<string, unknown>;
  /** Laid over the base experiment: objects key by key, lists as a whole. */
  readonly overrides: Record<string, unknown>;
  /** Each is root of every random choice and seed of the split. */
  readonly seeds: readonly number[];
  /** A search of the repository: the rows it chose options for follow the experiment's own, all of them or those named. */
  readonly choices?: { readonly search: string; readonly rows?: readonly string[] | undefined } | undefined;
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

const name = z.string().regex(/^[a-z0-9-]+$/);
const distinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length;
const axisValue: z.ZodType<AxisValue> = z.union([z.number(), z.string(), z.boolean()]);

const study: z.ZodType<StudyConfig> = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  kind: z.literal("study"),
  name,
  description: z.string().default(""),
  experiment: z.union([name, z.record(z.string(), z.unknown())]),
  overrides: z.record(z.string(), z.unknown()).default({}),
  seeds: z
    .array(z.int().min(0))
    .min(1, "a study needs at least one seed")
    .refine(distinct, "every seed once"),
  choices: z
    .strictObject({
      search: name,
      rows: z.array(z.string()).min(1).refine(distinct, "every row once").optional(),
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
      values: z.array(axisValue).min(1).refine(distinct, "every value once"),
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
