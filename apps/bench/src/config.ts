import { readFile } from "node:fs/promises";

import { LtuError } from "@ltu/core";
import type { Recipe, ScheduleOptions } from "@ltu/train";
import { z } from "zod";

import { nearestName } from "./nearest-name.ts";

/** How a model is trained from its initial weights. */
export type TrainingRecipe = Recipe;

/** One row of the table. */
export interface MethodEntry {
  readonly name: string;
  /** The row's name in tables; the method's and its option set's by default. */
  readonly label?: string | undefined;
  readonly options: Record<string, unknown>;
}

/** A complete experiment: what an experiment file says, defaults filled in. */
export interface Experiment {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly name: string;
  readonly description: string;
  readonly seed: number;
  /** The run's seed unless given. */
  readonly splitSeed?: number | undefined;
  readonly data: {
    readonly name: string;
    readonly train: number;
    readonly val: number;
    readonly test: number;
    /** Dials of synthetic data. */
    readonly options: Record<string, unknown>;
  };
  readonly forget: { readonly share: number } | { readonly count: number };
  readonly retainFraction: number;
  readonly model: {
    readonly name: string;
    /** Must equal the data's class count; left out, it is taken from the data. */
    readonly classes?: number | undefined;
    readonly options: Record<string, unknown>;
  };
  readonly training: TrainingRecipe;
  readonly methods: readonly MethodEntry[];
}

const count = z.int().min(1);

/** Its options are checked where the schedule is made, by `@ltu/train`. */
const schedule = z.looseObject({ name: z.string() }) as unknown as z.ZodType<ScheduleOptions>;

const training: z.ZodType<TrainingRecipe> = z.strictObject({
  epochs: count,
  batchSize: count,
  schedule,
  weightDecay: z.number().min(0).default(5e-4),
  augment: z.boolean().default(false),
});

const method: z.ZodType<MethodEntry> = z.strictObject({
  name: z.string(),
  label: z
    .string()
    .optional()
    .describe("the row's name in tables; the method's and its option set's by default"),
  options: z.record(z.string(), z.unknown()).default({}),
});

const experiment: z.ZodType<Experiment> = z.strictObject({
  $schema: z.string().optional(),
  schemaVersion: z.literal(1),
  name: z.string().regex(/^[a-z0-9-]+$/),
  description: z.string().default(""),
  seed: z.int().min(0).default(1),
  splitSeed: z.int().min(0).optional().describe("the run's seed unless given"),
  data: z.strictObject({
    name: z.string(),
    train: count,
    val: count,
    test: count,
    options: z.record(z.string(), z.unknown()).default({}).describe("dials of synthetic data"),
  }),
  forget: z.union([z.strictObject({ share: z.number() }), z.strictObject({ count: z.int() })]),
  retainFraction: z.number(),
  model: z.strictObject({
    name: z.string(),
    classes: count
      .optional()
      .describe("must equal the data's class count; left out, it is taken from the data"),
    options: z.record(z.string(), z.unknown()).default({}),
  }),
  training,
  methods: z.array(method).min(1),
});

/**
 * Checks an experiment's JSON; every mistake is one sentence that names the key and, where it is misspelt, the
 * nearest right one.
 *
 * @param source - What the JSON was read from, for the message.
 * @throws LtuError `OPTION`.
 */
export function parseExperiment(json: unknown, source: string): Experiment {
  const parsed = experiment.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path.join(".") ?? "";
  if (issue?.code === "unrecognized_keys") {
    const key = issue.keys[0] ?? "";
    const near = nearestName(key, knownKeys(issue.path));
    throw new LtuError(
      "OPTION",
      `experiment ${source}: "${[path, key].filter(Boolean).join(".")}" is no key of an experiment${
        near === undefined ? "" : `; did you mean "${near}"?`
      }${near === undefined ? "; remove it." : ""}`,
    );
  }
  throw new LtuError(
    "OPTION",
    `experiment ${source}: "${path}" is not valid (${issue?.message ?? "unknown"}); correct it.`,
  );
}

/** Reads an experiment from its file. */
export async function readExperiment(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `experiment: ${path} cannot be read (${(cause as NodeJS.ErrnoException).code}); name a file that exists.`,
      { cause },
    );
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LtuError(
      "OPTION",
      `experiment: ${path} is not valid JSON (${(cause as Error).message}); correct the file.`,
      { cause },
    );
  }
}

/** The keys that are valid at a place of the schema, for the nearest-name hint. */
function knownKeys(path: readonly PropertyKey[]): string[] {
  let schema: z.core.$ZodType = experiment;
  for (const step of path) {
    while (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) schema = schema.unwrap();
    if (schema instanceof z.ZodArray) schema = schema.element;
    else if (schema instanceof z.ZodObject) schema = schema.shape[String(step)] as z.core.$ZodType;
  }
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

/**
 * Applies overrides of the form `key.path=value` to an experiment's JSON before it is checked. The value is JSON
 * where it parses as JSON, text otherwise.
 *
 * @throws LtuError `OPTION` when an override has no "=".
 */
export function applyOverrides(json: unknown, overrides: readonly string[]): unknown {
  const copy = structuredClone(json) as Record<string, unknown>;
  for (const override of overrides) {
    const at = override.indexOf("=");
    if (at < 1) {
      throw new LtuError(
        "OPTION",
        `--set: expected key.path=value, found "${override}"; write for instance --set retainFraction=0.1.`,
      );
    }
    const path = override.slice(0, at).split(".");
    const last = path.pop() as string;
    let place: Record<string, unknown> = copy;
    for (const step of path) {
      if (typeof place[step] !== "object" || place[step] === null) place[step] = {};
      place = place[step] as Record<string, unknown>;
    }
    place[last] = jsonOrText(override.slice(at + 1));
  }
  return copy;
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
