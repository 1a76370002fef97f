import { stageKey, type Stage, type StageResults } from "@ltu/runner";

import type { Archive } from "../archive/archive.ts";
import { createContext } from "../create-context.ts";
import { onceByKey } from "../once-by-key.ts";
import { planRun, type Plan, type PlannedOracle, type PlannedRow } from "../plan.ts";
import type { RunContext } from "../run-context.ts";
import type { RunSession } from "../run-session.ts";
import { checkForget } from "../forget/check-forget.ts";
import { loadOnce } from "./load-once.ts";
import type { StudyCell } from "./plan-study.ts";
import { attackedModels, attackOf, type AttackedModel } from "./attacked-models.ts";
import { readAttacks, readCell, readOracle, readRow } from "./read-cell.ts";
import {
  cellPlace,
  machineName,
  oracleNames,
  oraclePlace,
  rowPlace,
  type StudyLine,
} from "./study-archive.ts";
import type { StudyConfig } from "./study-config.ts";

/** What of a cell is not kept yet, with the stages that make it. */
interface MissingCell {
  readonly cell: StudyCell;
  readonly context: RunContext;
  readonly plan: Plan;
  readonly isCellMissing: boolean;
  readonly oracles: readonly PlannedOracle[];
  readonly rows: readonly PlannedRow[];
  /** Those whose attacks are not kept; none in a study without evaluators. */
  readonly attacked: readonly AttackedModel[];
  /** In the order in which they run. */
  readonly stages: readonly Stage[];
}

/** What the runs of a study work with. */
export interface CellsRequest {
  readonly config: StudyConfig;
  readonly cells: readonly StudyCell[];
  readonly folder: string;
  readonly archive: Archive<StudyLine>;
  readonly session: RunSession;
  /** Have evaluators that share with the feedback of a row compute, and mark them. */
  readonly allowSharedEvaluator: boolean;
}

/**
 * Makes every reading of a study that is not kept yet, in one process on one store, so that what two runs have in common
 * is made once; each is kept before the next stage begins.
 *
 * @returns The stages that were made or found.
 */
export async function runCells(request: CellsRequest): Promise<readonly Stage[]> {
  const { config, cells, session } = request;
  const load = loadOnce((experiment) => session.load(experiment));
  const missing: MissingCell[] = [];
  for (const cell of cells) {
    const found = await missingOf(cell, { ...request, load });
    if (found !== undefined) missing.push(found);
  }
  const planned = missing.flatMap(({ cell, stages }) =>
    stages.map((stage) => ({ stage, key: stageKey(stage), of: `seed ${cell.seed}` })),
  );
  const unique = onceByKey(planned);
  const stages = unique.map(({ stage }) => stage);
  const readings = awaited(missing, request);
  await session.runStages(stages, {
    name: config.name,
    of: unique.map(({ of }) => of),
    about: [
      `study     ${cells.length} runs, seeds ${config.seeds.join(", ")}${config.axis === undefined ? "" : `, ${config.axis.key} ${config.axis.values.join(", ")}`}`,
      `stages    ${stages.length}, ${planned.length - stages.length} shared between runs`,
    ],
    afterStage: async (stage, results) => {
      for (const reading of readings.filter(({ waitsFor }) => waitsFor.delete(stageKey(stage)))) {
        if (reading.waitsFor.size === 0) await reading.keep(results);
      }
    },
  });
  return stages;
}

async function missingOf(
  cell: StudyCell,
  {
    config,
    archive,
    session: { engine, ground },
    folder,
    load,
    allowSharedEvaluator,
  }: CellsRequest & { readonly load: RunSession["load"] },
): Promise<MissingCell | undefined> {
  const isKept = (place: ReturnType<typeof cellPlace>): boolean => archive.find(place) !== undefined;
  const names = oracleNames(cell);
  const isCellMissing = !isKept(cellPlace(cell, engine.name));
  const lacking = new Set(
    [...names.reference, ...names.heldOut].filter((name) => !isKept(oraclePlace(cell, engine.name, name))),
  );
  const [, ...methods] = cell.methods;
  const unmade = methods.filter((method) => !isKept(rowPlace(cell, engine.name, method)));
  const attacked = config.evaluators
    ? attackedModels(cell, { engine: engine.name, allowSharedEvaluator }).filter(
        ({ place }) => !isKept(place),
      )
    : [];
  if (!isCellMissing && lacking.size + unmade.length + attacked.length === 0) return undefined;
  const { experiment, seed } = cell;
  const context = await createContext(experiment, { data: await load(experiment), seed, ground, folder });
  checkForget(context);
  const plan = planRun(context, cell.methods, { evaluators: cell.evaluators, allowSharedEvaluator });
  const oracles = [...plan.oracles.reference, ...plan.oracles.heldOut].filter(({ name }) =>
    lacking.has(name),
  );
  const rows = plan.rows.filter(({ method }) => unmade.includes(method));
  const ends = [
    plan.prepare,
    plan.accessible,
    ...(isCellMissing ? [plan.originalAudit.audit] : []),
    ...oracles.map(lastOf),
    ...rows.map(lastOf),
    ...attacked.map((model) => attackOf(model, plan)),
  ];
  const needed = withDependencies(ends);
  const stages = plan.stages.filter((stage) => needed.has(stage));
  return { cell, context, plan, isCellMissing, oracles, rows, attacked, stages };
}

/** The stage after which everything about a model is known. */
function lastOf({ audit }: PlannedOracle | PlannedRow): Stage {
  return audit;
}

function withDependencies(ends: readonly Stage[]): ReadonlySet<Stage> {
  const needed = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    stage.dependsOn.forEach(visit);
  };
  ends.forEach(visit);
  return needed;
}

/** A reading that is kept as soon as all its stages are there. */
interface AwaitedReading {
  /** Keys of stages. */
  readonly waitsFor: Set<string>;
  keep(results: StageResults): Promise<void>;
}

/** The readings that are to be made; one stage may end readings of several cells. */
function awaited(
  missing: readonly MissingCell[],
  { archive, session: { engine, versions } }: CellsRequest,
): AwaitedReading[] {
  const machine = machineName(engine);
  return missing.flatMap(({ cell, context, plan, isCellMissing, oracles, rows, attacked }) => {
    const reading = (ends: readonly Stage[], keep: AwaitedReading["keep"]): AwaitedReading => ({
      // The sizes of its sets are asked for by all.
      waitsFor: new Set([plan.prepare, plan.accessible, ...ends].map(stageKey)),
      keep,
    });
    return [
      ...(isCellMissing
        ? [
            reading([plan.originalAudit.audit], async (results) =>
              archive.keep("setting", {
                of: cellPlace(cell, engine.name),
                ...(await readCell({ context, plan, results })),
                versions,
              }),
            ),
          ]
        : []),
      ...oracles.map((oracle) =>
        reading([lastOf(oracle)], async (results) =>
          archive.keep("retrain", {
            of: oraclePlace(cell, engine.name, oracle.name),
            ...(await readOracle({ results }, oracle)),
            machine,
            versions,
          }),
        ),
      ),
      ...rows.map((row) =>
        reading([lastOf(row)], async (results) =>
          archive.keep(row.method.label, {
            of: rowPlace(cell, engine.name, row.method),
            ...(await readRow({ context, plan, results }, row)),
            machine,
            versions,
          }),
        ),
      ),
      ...attacked.map((model) => {
        const attack = attackOf(model, plan);
        return reading([attack], async (results) =>
          archive.keep(model.file, {
            of: model.place,
            attacks: await readAttacks({ results }, attack),
            versions,
          }),
        );
      }),
    ];
  });
}
