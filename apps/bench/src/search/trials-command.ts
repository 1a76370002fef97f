import { LtuError } from "@ltu/core";
import { canonicalJson } from "@ltu/runner";

import { archiveFolder } from "../archive/archive-folder.ts";
import { openArchive, type Archive, type ArchivePlace } from "../archive/archive.ts";
import { settingOf } from "../archive/setting.ts";
import { composeMethods, type MethodPlan } from "../compose-methods.ts";
import { parseExperiment, type Experiment } from "../config.ts";
import { findExperiment } from "../experiment-catalog.ts";
import { engineName } from "../start-engine.ts";
import { nameOf } from "../study/plan-study.ts";
import { planSearch, type PlannedSearch } from "./plan-search.ts";
import { readTrials, type FinishedTrials } from "./read-trials.ts";
import { experimentOf } from "./run-search.ts";
import { retrainPlace, trialLine, trialPlace, type TrialLine } from "./trial-archive.ts";

/** Options of the command as typed. */
export interface TrialsOptions {
  /** Documents of finished searches whose trials are to be kept. */
  readonly add?: readonly string[];
  readonly trials?: string;
  /** Engine whose trials are counted. */
  readonly engine: string;
}

/**
 * `trials`: takes the trials of finished searches into the archive of a search, and says for each row how many of its
 * trials are there. Runs nothing.
 */
export async function trialsCommand(nameOrFile: string, options: TrialsOptions): Promise<void> {
  const callerFolder = process.env["INIT_CWD"] ?? process.cwd();
  const engine = engineName(options.engine);
  const found = await findExperiment(nameOrFile, { callerFolder });
  if (found.kind !== "search") {
    throw new LtuError(
      "OPTION",
      `trials: expected a search, found "${nameOrFile}", whose kind is "${found.kind}"; name a search.`,
    );
  }
  const { search: config, folder } = found;
  const kept = archiveFolder(config.name, { ...options, experiment: nameOrFile });
  if (kept === undefined) {
    throw new LtuError(
      "OPTION",
      `trials: expected --trials FOLDER for a search of your own, found none; name the folder that keeps its trials.`,
    );
  }
  const { experiment } = await experimentOf(config);
  const planned = await planSearch(experiment, {
    rows: config.rows,
    seeds: config.seeds,
    folder,
    where: `search ${config.name}`,
  });
  const archive = await openArchive(kept, trialLine);
  for (const path of options.add ?? []) {
    const finished = await readTrials(path);
    const { added, known, left } = await addTrials(finished, { planned, archive, folder, path });
    console.log(
      `added ${added} readings of ${path}; ${known} were there before, ${left} belong to no row of the search`,
    );
  }
  for (const line of countLines(planned, { archive, engine })) console.log(line);
}

/** Takes what belongs to the search into its archive. */
async function addTrials(
  { experiment: json, engine, versions, retrain, trials }: FinishedTrials,
  {
    planned,
    archive,
    folder,
    path,
  }: {
    readonly planned: PlannedSearch;
    readonly archive: Archive<TrialLine>;
    readonly folder: string;
    readonly path: string;
  },
): Promise<{ readonly added: number; readonly known: number; readonly left: number }> {
  const experiment = parseExperiment(json, path);
  const [run] = planned.runs;
  if (run !== undefined && settingOf(experiment) !== settingOf(run.experiment)) {
    throw new LtuError(
      "DATA",
      `trials: expected the data, sets, model and recipe of the search, found others in ${path} (${nameOf({ ...experiment }) ?? "no name"}); it cannot be taken in.`,
    );
  }
  const rowOf = new Map<string, string>();
  for (const { seed, experiment: wanted, trials: rows } of planned.runs) {
    for (const { row, method } of rows.flat()) {
      rowOf.set(canonicalJson(trialPlace({ experiment: wanted, seed, engine }, method)), row);
    }
    rowOf.set(canonicalJson(retrainPlace({ experiment: wanted, seed, engine })), "retrain");
  }
  const counts = { added: 0, known: 0, left: 0 };
  const keep = async (line: TrialLine): Promise<void> => {
    const row = rowOf.get(canonicalJson(line.of));
    if (row === undefined) counts.left++;
    else if (archive.find(line.of) !== undefined) counts.known++;
    else {
      // The same check as when it is read back.
      await archive.keep(row, trialLine.parse(line));
      counts.added++;
    }
  };
  for (const { seed, oracles, metrics } of retrain) {
    const pilot: Experiment = { ...experiment, oracles: { ...experiment.oracles, count: oracles } };
    await keep({ of: retrainPlace({ experiment: pilot, seed, engine }), retrain: metrics, versions });
  }
  for (const { method, options, readings } of trials) {
    const one = { ...experiment, methods: [{ name: method, options }] };
    const [, composed] = await composeMethods(one, { folder });
    for (const { seed, ...outcome } of readings) {
      const of: ArchivePlace = trialPlace({ experiment, seed, engine }, composed as MethodPlan);
      await keep({ of, ...outcome, versions });
    }
  }
  return counts;
}

/** How many trials of each row are there at each seed, and whether the retrained models are. */
export function countLines(
  { searches, runs }: PlannedSearch,
  { archive, engine }: { readonly archive: Archive<TrialLine>; readonly engine: string },
): string[] {
  const isThere = (place: ArchivePlace): boolean => archive.find(place) !== undefined;
  const places = runs.map(({ seed, experiment }) => ({ seed, experiment, engine }));
  return [
    `retrain: ${places.map((place) => `${isThere(retrainPlace(place)) ? "there" : "missing"} at seed ${place.seed}`).join(", ")}`,
    ...searches.map(({ row, configurations: { length } }, r) => {
      const counts = runs.map(({ trials }, s) => {
        const place = places[s] as (typeof places)[number];
        const there = (trials[r] ?? []).filter(({ method }) => isThere(trialPlace(place, method))).length;
        return `${there} of ${length} at seed ${place.seed}`;
      });
      return `${row.label}: ${counts.join(", ")}`;
    }),
  ];
}
