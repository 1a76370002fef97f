import type { RowMetrics, SearchReading } from "@ltu/report";
import type { Json } from "@ltu/runner";
import { z } from "zod";

import type { ArchiveLine, ArchivePlace } from "../archive/archive.ts";
import { costOf, metricsOf, versionsOf } from "../archive/line-parts.ts";
import { modulesOf, settingOf } from "../archive/setting.ts";
import type { MethodPlan } from "../compose-methods.ts";
import type { Experiment } from "../config.ts";
import type { TrialOutcome } from "./trial.ts";

/** A kept trial, or the kept mean of the retrained models of a seed. */
export type TrialLine = ArchiveLine & {
  readonly seconds?: number | undefined;
  readonly versions: Readonly<Record<string, string>>;
} & (TrialOutcome | { readonly retrain: RowMetrics });

const common = {
  of: z.record(z.string(), z.json()) as z.ZodType<ArchivePlace>,
  seconds: z.number().min(0).optional(),
  versions: versionsOf,
} as const;

/** The lines of a search's archive. */
export const trialLine: z.ZodType<TrialLine> = z.union([
  z.strictObject({
    ...common,
    metrics: metricsOf,
    cost: costOf,
  }),
  z.strictObject({
    ...common,
    failed: z.strictObject({ reason: z.literal("DIVERGED"), detail: z.string() }),
  }),
  z.strictObject({ ...common, retrain: metricsOf }),
]);

/** Where a pilot run is measured. */
export interface PilotPlace {
  readonly experiment: Experiment;
  readonly seed: number;
  /** The engine's name. */
  readonly engine: string;
}

/** What one configuration at one pilot seed is of. */
export function trialPlace(pilot: PilotPlace, method: MethodPlan): ArchivePlace {
  return { ...placeOf(pilot), method: method.inputs as Json, ...modulesOf(method) };
}

/** What the mean of the retrained models at one pilot seed is of. */
export function retrainPlace(pilot: PilotPlace): ArchivePlace {
  return { ...placeOf(pilot), oracles: pilot.experiment.oracles.count };
}

function placeOf({ experiment, seed, engine }: PilotPlace): ArchivePlace {
  return { setting: settingOf(experiment), engine, seed, measuredOn: "validation" };
}

/** A kept trial as a search states it. */
export function readingOf(seed: number, line: TrialLine): SearchReading {
  const { of: _of, versions: _versions, seconds, ...outcome } = line;
  return {
    seed,
    ...(seconds === undefined ? {} : { seconds }),
    ...(outcome as TrialOutcome),
  };
}
