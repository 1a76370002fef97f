import type { Recipe, ScheduleOptions } from "@ltu/train";
import { z } from "zod";

import { auditConfig, defaultEvaluators, type AuditConfig } from "./audit-config.ts";
import { parseForget, type ForgetConfig } from "./forget/forget-config.ts";
import { parseStrict } from "./strict-json.ts";

/** How a model is trained from its initial weights. */
export type TrainingRecipe = Recipe;

/** One row of the table. */
export interface MethodEntry {
  readonly name: string;
  /** The row's name in tables; the method's and its option set's by default. */
  readonly label?: string | undefined;
  readonly options: Record<string, unknown>;
  /** Whether shadow models are unlearned by it too, where the audit has shadow models: costly; false by default. */
  readonly shadows?: boolean | undefined;
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
    /** Which labels the model is trained on, where there are two kinds; fine ones unless given. */
    readonly labels?: "coarse" | "fine" | undefined;
    /** What the data set is asked for: a split, the size of pictures, dials of synthetic data. */
    readonly options: Record<string, unknown>;
  };
  readonly forget: ForgetConfig;
  readonly retainFraction: number;
  readonly model: {
    readonly name: string;
    /** Must equal the data's class count; left out, it is taken from the data. */
    readonly classes?: number | undefined;
    readonly options: Record<string, unknown>;
  };
  readonly training: TrainingRecipe;
  /** Retrained models: those that make the mean that gaps are measured from, and those held out for the noise floor. */
  readonly oracles: { readonly count: number; readonly heldOut: number };
  readonly audit: AuditConfig;
  /** Reference models, for feedback attacks that compare with such; trained where a method names one of them. */
  readonly references: {
    readonly models: number;
    /** The share of the validation set that trains them, in (0, 1). */
    readonly share: number;
  };
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

/** One row of the table, as an experiment or a study file gives it. */
export const method: z.ZodType<MethodEntry> = z.strictObject({
  name: z.string(),
  label: z
    .string()
    .min(1)
    .optional()
    .describe("the row's name in tables; the method's and its option set's by default"),
  options: z.record(z.string(), z.unknown()).default({}),
  shadows: z.boolean().optional().describe("unlearn the audit's shadow models by it too"),
});

/** An experiment before the defaults that depend on other parts of it. */
type WrittenExperiment = Omit<Experiment, "audit" | "forget"> & {
  readonly audit: z.infer<typeof auditConfig>;
  readonly forget: Record<string, unknown>;
};

const experiment: z.ZodType<WrittenExperiment> = z.strictObject({
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
    labels: z.enum(["fine", "coarse"]).optional().describe("what the model is trained on; fine unless given"),
    options: z
      .record(z.string(), z.unknown())
      .default({})
      .describe("of the data set: a split, a size, dials"),
  }),
  forget: z.record(z.string(), z.unknown()),
  retainFraction: z.number(),
  model: z.strictObject({
    name: z.string(),
    classes: count
      .optional()
      .describe("must equal the data's class count; left out, it is taken from the data"),
    options: z.record(z.string(), z.unknown()).default({}),
  }),
  training,
  oracles: z
    .strictObject({
      count: count.default(1).describe("retrained models; gaps are to the mean of their metrics"),
      heldOut: z.int().min(0).default(0).describe("further ones, measured like methods: the noise floor"),
    })
    .default({ count: 1, heldOut: 0 }),
  audit: auditConfig,
  references: z
    .strictObject({
      models: count.default(2),
      share: z.number().gt(0).lt(1).default(0.5).describe("of the validation set"),
    })
    .default({ models: 2, share: 0.5 }),
  methods: z.array(method).min(1),
});

/**
 * Checks an experiment's JSON.
 *
 * @param source - What the JSON was read from, for the message.
 * @throws LtuError `OPTION`.
 */
export function parseExperiment(json: unknown, source: string): Experiment {
  const parsed = parseStrict(experiment, json, { what: "experiment", source });
  const { audit, methods } = parsed;
  const byDefault = defaultEvaluators(
    audit.shadows.budget,
    methods.some(({ shadows = false }) => shadows),
  );
  const forget = parseForget(parsed.forget, source);
  return { ...parsed, forget, audit: { ...audit, evaluators: audit.evaluators ?? byDefault } };
}
