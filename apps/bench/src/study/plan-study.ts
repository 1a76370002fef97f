import { isLtuError, LtuError } from "@ltu/core";
import type { AxisValue } from "@ltu/report";

import { composeEvaluators, type PlannedEvaluator } from "../compose-evaluators.ts";
import { composeMethods, type MethodPlan } from "../compose-methods.ts";
import { checkModelName } from "../compose-model.ts";
import { parseExperiment, type Experiment, type MethodEntry } from "../config.ts";
import { dataName } from "../load-data.ts";
import { didYouMean } from "../nearest-name.ts";
import { mergeJson, setPath } from "../strict-json.ts";
import type { StudyConfig } from "./study-config.ts";

/** One run of a study: its experiment at one seed and one value of the axis. */
export interface StudyCell {
  readonly seed: number;
  readonly value: AxisValue | undefined;
  readonly experiment: Experiment;
  /** The retrained model first; the same rows in every cell. */
  readonly methods: readonly [MethodPlan, ...MethodPlan[]];
  /** What attacks every model; nothing in a study that does not ask. */
  readonly evaluators: readonly PlannedEvaluator[];
}

/** Where a study comes from. */
export interface StudySource {
  /** The JSON of the base experiment. */
  readonly base: unknown;
  /** Paths of modules are relative to it: the folder of the study's file. */
  readonly folder: string;
}

/**
 * The runs of a study, seeds first. Every name and option of every run is checked here, before any work.
 *
 * @throws LtuError `OPTION` that names the study, and for a mistake of the axis its key.
 */
export async function planCells(config: StudyConfig, { base, folder }: StudySource): Promise<StudyCell[]> {
  const cells: StudyCell[] = [];
  for (const seed of config.seeds) {
    for (const value of config.axis?.values ?? [undefined]) {
      const where = `study ${config.name}${value === undefined ? "" : ` at ${config.axis?.key} ${JSON.stringify(value)}`}`;
      try {
        const experiment = experimentOf(config, { base, seed, value });
        dataName(experiment);
        checkModelName(experiment);
        const evaluators = config.evaluators ? await composeEvaluators(experiment, { folder }) : [];
        const methods = await composeMethods(experiment, { folder });
        cells.push({ seed, value, experiment, methods, evaluators });
      } catch (error) {
        if (!isLtuError(error)) throw error;
        throw new LtuError(error.code, `${where}: ${error.message}`, { cause: error });
      }
    }
  }
  const labels = rowLabels(cells);
  if (config.against !== undefined && !labels.includes(config.against)) {
    throw new LtuError(
      "OPTION",
      `study ${config.name}: against must be the label of a row, found "${config.against}"; ${didYouMean(config.against, labels)}`,
    );
  }
  return cells;
}

/** The label of each row, without what differs between cells, such as the share of the retain set. */
export function rowLabels(cells: readonly StudyCell[]): string[] {
  return (cells[0] as StudyCell).methods.map(({ label, method }, j) =>
    cells.every(({ methods }) => methods[j]?.label === label) ? label : method,
  );
}

/** The experiment of one cell: base, overrides, rows of the study, seed and value. */
function experimentOf(
  config: StudyConfig,
  {
    base,
    seed,
    value,
  }: { readonly base: unknown; readonly seed: number; readonly value: AxisValue | undefined },
): Experiment {
  const json = mergeJson(base, config.overrides) as Record<string, unknown>;
  if (config.axis !== undefined && value !== undefined) setPath(json, config.axis.key, value);
  // The split follows the seed unless the experiment pins it.
  const experiment = parseExperiment({ ...json, seed }, nameOf(json) ?? config.name);
  return { ...experiment, methods: [...experiment.methods, ...variantRows(config)] };
}

/** The name in an experiment's JSON, if it is there. */
export function nameOf({ name }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof name === "string" ? name : undefined;
}

/** The default row and one row for each variant of it. */
export function variantRows({ default: row, variants }: StudyConfig): MethodEntry[] {
  if (row === undefined) return [];
  const first = { ...row, label: row.label ?? "default" };
  return [
    first,
    ...variants.map(({ label, options }) => ({
      ...first,
      label,
      options: { ...row.options, ...options },
    })),
  ];
}
