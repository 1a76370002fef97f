import { z } from "zod";

/** What a study and a search say alike: a base experiment, what is changed in it, and the seeds it runs at. */
export interface SeededConfig {
  readonly $schema?: string | undefined;
  readonly schemaVersion: 1;
  readonly name: string;
  readonly description: string;
  /** The base: an experiment of the repository by its name, or the content of an experiment file. */
  readonly experiment: string | Record<string, unknown>;
  /** Laid over the base experiment: objects key by key, lists as a whole. */
  readonly overrides: Record<string, unknown>;
  /** Each is root of every random choice and seed of the split. */
  readonly seeds: readonly number[];
}

/** A name that can be part of a file's. */
export const plainName: z.ZodType<string> = z.string().regex(/^[a-z0-9-]+$/);

/** Whether no value stands twice. */
export function areDistinct(values: readonly unknown[]): boolean {
  return new Set(values).size === values.length;
}

/** The keys of a {@link SeededConfig}. `what` names the kind of file, such as `"study"`. */
export function seededKeys(what: string): {
  readonly [K in keyof SeededConfig]-?: z.ZodType<SeededConfig[K]>;
} {
  return {
    $schema: z.string().optional(),
    schemaVersion: z.literal(1),
    name: plainName,
    description: z.string().default(""),
    experiment: z.union([plainName, z.record(z.string(), z.unknown())], {
      error: "expected the name of an experiment, or the content of its file",
    }),
    overrides: z.record(z.string(), z.unknown()).default({}),
    seeds: z
      .array(z.int().min(0))
      .min(1, `a ${what} needs at least one seed`)
      .refine(areDistinct, "every seed once"),
  };
}
