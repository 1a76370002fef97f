import { LtuError } from "@ltu/core";
import { studyReport, studyTable } from "@ltu/report";

import { archiveFolder } from "../archive/archive-folder.ts";
import { openArchive } from "../archive/archive.ts";
import { checkKeepable } from "../archive/setting.ts";
import { baseExperiment } from "../experiment-catalog.ts";
import { indentedJson } from "../indented-json.ts";
import { runSession, type RunOptions } from "../run-session.ts";
import { withChoices } from "../search/choices.ts";
import { assembleStudy } from "./assemble-study.ts";
import { planCells } from "./plan-study.ts";
import { runCells } from "./run-cells.ts";
import { studyLine } from "./study-archive.ts";
import type { StudyConfig } from "./study-config.ts";

/** A study to its table, `study.json` and `report.html`. */
export async function runStudy(
  asked: StudyConfig,
  { folder, ...options }: RunOptions & { readonly folder: string },
): Promise<void> {
  refuseSeed(options, asked.name);
  const base = await baseExperiment(asked.experiment, asked.name);
  const config = await withChoices(asked, base);
  const cells = await planCells(config, { base, folder });
  const kept = archiveFolder(config.name, options);
  checkKeepable(
    cells.map(({ experiment }) => experiment),
    kept,
  );
  const archive = await openArchive(kept, studyLine);
  await runSession(options, async (session) => {
    const allowSharedEvaluator = options.allowSharedEvaluator ?? false;
    const stages = await runCells({ config, cells, folder, archive, session, allowSharedEvaluator });
    const study = assembleStudy({ config, base, cells, archive, stages, session, allowSharedEvaluator });
    await session.write(
      { "study.json": `${indentedJson(study, { depth: 4 })}\n`, "report.html": await studyReport(study) },
      studyTable(study, { width: 110 }),
    );
  });
}

/** A study has seeds of its own. */
export function refuseSeed({ seed }: Pick<RunOptions, "seed">, name: string): void {
  if (seed === undefined) return;
  throw new LtuError(
    "OPTION",
    `--seed: the study ${name} has seeds of its own; leave --seed out, or set them with --set seeds=[${seed}].`,
  );
}

/** Only experiments and studies have evaluators. */
export function refuseSharedEvaluator(
  { allowSharedEvaluator }: Pick<RunOptions, "allowSharedEvaluator">,
  name: string,
): void {
  if (allowSharedEvaluator !== true) return;
  throw new LtuError(
    "OPTION",
    `--allow-shared-evaluator: expected an experiment or a study, which have evaluators, found ${name} of another kind; leave it out.`,
  );
}
