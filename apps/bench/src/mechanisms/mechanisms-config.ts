import { z } from "zod";

import { LtuError } from "@ltu/core";

import { parseStrict } from "../strict-json.ts";

/** Small computations that show a mechanism each. */
export interface MechanismsConfig {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly kind: "mechanisms";
  readonly name: string;
  readonly description: string;
  /** The meta step alone, on synthetic support and query sets. */
  readonly metaStep?:
    | { readonly seeds: readonly number[]; readonly gaps: readonly number[]; readonly innerLr: number }
    | undefined;
  /** Gradient Harmonization alone, on gradients that conflict by construction. */
  readonly harmonization?:
    { readonly seeds: readonly number[]; readonly rules: readonly string[] } | undefined;
  /** How different feedback attacks are, on the original model of an experiment. */
  readonly diversity?: DiversityConfig | undefined;
}

/** What the diversity of attacks is measured on. */
export interface DiversityConfig {
  readonly experiment: string | Record<string, unknown>;
  readonly overrides: Record<string, unknown>;
  readonly seeds: readonly number[];
  readonly attacks: readonly string[];
}

const name = z.string().regex(/^[a-z0-9-]+$/);
const seeds = z
  .array(z.int().min(0))
  .min(1, "a part needs at least one seed")
  .refine((values) => new Set(values).size === values.length, "every seed once");

const mechanisms: z.ZodType<MechanismsConfig> = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  kind: z.literal("mechanisms"),
  name,
  description: z.string().default(""),
  metaStep: z
    .strictObject({
      seeds,
      gaps: z.array(z.number().min(0).max(1)).min(1),
      innerLr: z.number().positive().default(2),
    })
    .optional(),
  harmonization: z.strictObject({ seeds, rules: z.array(z.string()).min(1) }).optional(),
  diversity: z
    .strictObject({
      experiment: z.union([name, z.record(z.string(), z.unknown())]),
      overrides: z.record(z.string(), z.unknown()).default({}),
      seeds,
      attacks: z.array(z.string()).min(2),
    })
    .optional(),
});

/**
 * Checks the JSON of mechanisms.
 *
 * @throws LtuError `OPTION` for a mistake in it, and when it asks for nothing.
 */
export function parseMechanismsConfig(json: unknown, source: string): MechanismsConfig {
  const parsed = parseStrict(mechanisms, json, { what: "mechanisms file", source });
  if (parsed.metaStep ?? parsed.harmonization ?? parsed.diversity) return parsed;
  throw new LtuError(
    "OPTION",
    `mechanisms file ${source}: expected metaStep, harmonization or diversity, found none; name at least one.`,
  );
}
