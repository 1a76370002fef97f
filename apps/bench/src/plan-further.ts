import type { Stage } from "@ltu/runner";

import type { MethodPlan } from "./compose-methods.ts";
import { feedbackStages } from "./plan-feedback.ts";
import type { PlannedSets } from "./plan-forget-sets.ts";
import { planUnlearning } from "./plan-unlearning.ts";
import type { RunContext } from "./run-context.ts";
import { compareEnsemblesStage } from "./stages/compare-ensembles.ts";
import { readOutputsStage } from "./stages/read-outputs.ts";
import { readTeacherStage } from "./stages/read-teacher.ts";
import { relearnStage } from "./stages/relearn.ts";
import { trainOriginalStage } from "./stages/train-original.ts";

/** A model with the stage that reads its outputs. */
export interface ReadModel {
  readonly label: string;
  readonly weights: Stage;
  readonly outputs: Stage;
}

/** What measures need beside the outputs of every model of a run. */
export interface PlannedFurther {
  /** The outputs of ZRF's teacher. */
  readonly teacher: Stage;
  /** By the model's outputs; empty where no relearning was asked for. */
  readonly relearn: ReadonlyMap<Stage, Stage>;
  /** By the row's outputs; empty without repeats. */
  readonly ensembles: ReadonlyMap<Stage, Stage>;
  readonly stages: readonly Stage[];
}

/** What {@link planFurther} is given beside the run. */
export interface FurtherRequest {
  readonly sets: PlannedSets;
  readonly before: ReadModel;
  readonly oracles: readonly ReadModel[];
  readonly rows: readonly (ReadModel & { readonly method: MethodPlan })[];
}

/**
 * Plans what measures of a run need beside its models: ZRF's teacher, and where the experiment asks, relearning of every
 * model and more models of every method.
 */
export function planFurther(context: RunContext, request: FurtherRequest): PlannedFurther {
  const { sets, oracles, rows } = request;
  const teacher = readTeacherStage(context, sets.prepare);
  const { relearn: recipe } = context.experiment.audit;
  const relearn = new Map(
    recipe === undefined
      ? []
      : [...oracles, ...rows].map(({ label, weights, outputs }) => [
          outputs,
          relearnStage(context, { prepare: sets.prepare, weights, label, recipe }),
        ]),
  );
  const repeats = planRepeats(context, request);
  return {
    teacher,
    relearn,
    ensembles: repeats.ensembles,
    stages: [teacher, ...relearn.values(), ...repeats.stages],
  };
}

/** More models of every method, each from seeds of its own, and their comparison with the oracles. */
function planRepeats(
  context: RunContext,
  { sets, before, oracles, rows }: FurtherRequest,
): Pick<PlannedFurther, "ensembles" | "stages"> {
  const { repeats } = context.experiment.audit;
  const stages: Stage[] = [];
  const ensembles = new Map<Stage, Stage>();
  if (repeats.models === 1) return { ensembles, stages };
  const { prepare } = sets;
  const read = (own: RunContext, weights: Stage, label: string): Stage => {
    const outputs = readOutputsStage(own, { prepare, weights, label });
    stages.push(weights, outputs);
    return outputs;
  };
  const further = Array.from({ length: repeats.models - 1 }, (_, i) => {
    const own: RunContext = { ...context, rng: context.rng.split("repeats").split(i + 2) };
    if (repeats.originals === "one") return { own, i, original: sets.original, outputs: before.outputs };
    const name = `original ${i + 2}`;
    const original = trainOriginalStage(own, sets.cut, `train ${name}`);
    return { own, i, original, outputs: read(own, original, name) };
  });
  const unlearned = new Map(rows.map(({ outputs }) => [outputs, [outputs]]));
  for (const { own, i, original } of further) {
    const unlearn = planUnlearning(own, { ...sets, original });
    for (const { method, label, outputs } of rows) {
      const name = `${label}, model ${i + 2}`;
      const made = unlearn({ ...method, label: name });
      stages.push(...made.earlier, ...feedbackStages(made));
      unlearned.get(outputs)?.push(read(own, made.unlearn, name));
    }
  }
  const originals = [before.outputs, ...new Set(further.map(({ outputs }) => outputs))];
  for (const { label, outputs } of rows) {
    const stage = compareEnsemblesStage(
      {
        unlearned: unlearned.get(outputs) as Stage[],
        oracles: oracles.map((oracle) => oracle.outputs),
        originals: [...new Set(originals)],
      },
      { label, repeats },
    );
    ensembles.set(outputs, stage);
    stages.push(stage);
  }
  return { ensembles, stages };
}
