import { readFile } from "node:fs/promises";

import { LtuError } from "@ltu/core";
import { parseSearch, type RowMetrics, type SearchReading } from "@ltu/report";
import { z } from "zod";

import { mergeJson } from "../strict-json.ts";

/** The trials of a finished search, whichever document they came from. */
export interface FinishedTrials {
  readonly experiment: unknown;
  readonly engine: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly retrain: readonly {
    readonly seed: number;
    readonly oracles: number;
    readonly metrics: RowMetrics;
  }[];
  readonly trials: readonly {
    readonly method: string;
    readonly options: Readonly<Record<string, unknown>>;
    readonly readings: readonly SearchReading[];
  }[];
}

const options = z.record(z.string(), z.unknown());
const metrics = z.record(z.string(), z.unknown()) as unknown as z.ZodType<RowMetrics>;
const reading = z.looseObject({ seed: z.int() }) as unknown as z.ZodType<SearchReading>;

/** The document that `tune` wrote before searches had files of their own. */
const tune = z.looseObject({
  kind: z.literal("tune"),
  experiment: z.looseObject({ config: z.unknown() }),
  measuredOn: z.literal("validation"),
  retrain: z.array(z.looseObject({ seed: z.int(), oracles: z.int(), metrics })),
  methods: z.array(
    z.looseObject({
      grid: z.looseObject({ factory: z.string() }),
      base: options,
      trials: z.array(z.looseObject({ options, seeds: z.array(reading) })),
    }),
  ),
  engine: z.looseObject({ name: z.string() }),
  versions: z.record(z.string(), z.string()),
});

/**
 * Reads the `search.json` of a search, or a `tune.json` of earlier versions.
 *
 * @throws LtuError `OPTION` for a file that cannot be read, `DATA` for one that is neither.
 */
export async function readTrials(path: string): Promise<FinishedTrials> {
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    throw new LtuError(
      "OPTION",
      `trials: ${path} cannot be read (${cause.code}); name the search.json or tune.json of a finished search.`,
      { cause },
    );
  });
  try {
    const json = JSON.parse(text) as { readonly kind?: unknown };
    return json.kind === "tune" ? ofTune(tune.parse(json)) : ofSearch(json);
  } catch (cause) {
    const why =
      cause instanceof z.ZodError ? z.prettifyError(cause).split("\n")[0] : (cause as Error).message;
    throw new LtuError("DATA", `trials: ${path} is not a finished search (${why}); name another file.`, {
      cause,
    });
  }
}

function ofTune({ experiment, engine, methods, versions, retrain }: z.infer<typeof tune>): FinishedTrials {
  return {
    experiment: experiment.config,
    engine: engine.name,
    versions,
    retrain,
    trials: methods.flatMap(({ grid, base, trials }) =>
      trials.map((trial) => ({
        method: grid.factory,
        options: { ...base, ...trial.options },
        readings: trial.seeds.map((each) => {
          // The gap is not kept: it is made of two readings.
          const { gap: _gap, ...rest } = each as SearchReading & { readonly gap?: unknown };
          return rest;
        }),
      })),
    ),
  };
}

function ofSearch(json: unknown): FinishedTrials {
  const { config, engine, versions, retrain, rows } = parseSearch(json);
  const { experiment, overrides } = config as { readonly experiment: unknown; readonly overrides: unknown };
  return {
    experiment: mergeJson(experiment, overrides),
    engine: engine.name,
    versions,
    retrain,
    trials: rows.flatMap(({ method, base, trials }) =>
      trials.map((trial) => ({
        method,
        options: { ...base, ...trial.options },
        readings: trial.seeds,
      })),
    ),
  };
}
