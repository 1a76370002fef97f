import { isMissing, relearnRatio, relearnSteps, zrf, type AllReadings } from "@ltu/metrics";
import { lossFloat64 } from "@ltu/mia";
import type { Ensemble, Missing, ModelAudit, Reading } from "@ltu/report";
import type { Stage, StageResults } from "@ltu/runner";

import type { Plan, PlannedAudit } from "./plan.ts";
import { decodeJson } from "./stages/json-artefact.ts";
import { decodeOutputs, decodeSets, type SetOutputs } from "./stages/read-outputs.ts";
import { decodeCurve } from "./stages/relearn.ts";

/** What was measured of one model beside metrics and attacks. */
export type FurtherAudit = Pick<ModelAudit, "relearn" | "zrf">;

/** Reads what `planFurther` planned. */
export interface FurtherReader {
  /** Nothing in a run without further measures. */
  of(planned: PlannedAudit): Promise<FurtherAudit>;
  /** Nothing without repeats. */
  ensembleOf(planned: PlannedAudit): Promise<Ensemble | Missing | undefined>;
}

/** The further measures of a run's models, as far as they were planned. */
export async function readFurther(
  { further, originalAudit }: Pick<Plan, "further" | "originalAudit">,
  results: StageResults,
): Promise<FurtherReader> {
  if (further === undefined) return { of: async () => ({}), ensembleOf: async () => undefined };
  const forgetOf = async (outputs: Stage): Promise<SetOutputs> =>
    decodeOutputs(await results.artefact(outputs)).forget;
  const teacher = decodeSets(await results.artefact(further.teacher))[0] as SetOutputs;
  const before = await forgetOf(originalAudit.outputs);
  const target = reading(() => {
    const losses = lossFloat64(before);
    return losses.reduce((a, b) => a + b, 0) / losses.length;
  });
  return {
    of: async ({ outputs }) => {
      const forget = await forgetOf(outputs);
      const relearn = further.relearn.get(outputs);
      return {
        zrf: reading(() => zrf(forget.logits, teacher.logits, { classes: forget.classes })),
        ...(relearn === undefined ? {} : { relearn: timed(await results.artefact(relearn), target) }),
      };
    },
    ensembleOf: async ({ outputs }) => {
      const stage = further.ensembles.get(outputs);
      return stage === undefined ? undefined : decodeJson<Ensemble | Missing>(await results.artefact(stage));
    },
  };
}

/** The steps that a curve took to its target. */
function timed(bytes: Uint8Array, target: Reading): NonNullable<FurtherAudit["relearn"]> {
  const curve = decodeCurve(bytes);
  if (isMissing(curve)) return curve;
  if (isMissing(target)) return target;
  return { target, steps: relearnSteps(curve.losses, { target }), losses: curve.losses };
}

/** The readings of a row that need more than its metrics; each absent one has its reason by default. */
export function furtherReadings(
  { zrf: own, relearn }: FurtherAudit,
  {
    ensemble,
    oracles,
  }: { readonly ensemble: Ensemble | Missing | undefined; readonly oracles: readonly FurtherAudit[] },
): Partial<AllReadings> {
  const steps = relearn === undefined ? undefined : stepsOf(relearn);
  return {
    ...(own === undefined ? {} : { zrf: own }),
    ...(steps === undefined
      ? {}
      : {
          relearnSteps: steps,
          relearnRatio: relearnRatio(steps, meanOf(oracles.map((each) => stepsOf(each.relearn)))),
        }),
    ...(ensemble === undefined ? {} : ensembleReadings(ensemble)),
  };
}

/** What the retrained models come to together. */
export function meanFurther(oracles: readonly FurtherAudit[]): Partial<AllReadings> {
  if (oracles.some(({ zrf: own }) => own === undefined)) return {};
  return {
    zrf: meanOf(oracles.map(({ zrf: own }) => own as Reading)),
    ...(oracles.some(({ relearn }) => relearn === undefined)
      ? {}
      : { relearnSteps: meanOf(oracles.map(({ relearn }) => stepsOf(relearn))) }),
  };
}

function ensembleReadings(ensemble: Ensemble | Missing): Partial<AllReadings> {
  const all = (value: Missing): Partial<AllReadings> => ({
    epsilon: value,
    forgetScore: value,
    challengeScore: value,
  });
  if (isMissing(ensemble)) return { ...all(ensemble), klom: ensemble, klom95: ensemble };
  const { klom, forgetting } = ensemble;
  return {
    klom: klom.forget.mean,
    klom95: klom.forget.p95,
    ...(isMissing(forgetting)
      ? all(forgetting)
      : {
          epsilon: forgetting.epsilon.median,
          forgetScore: forgetting.forgetScore,
          challengeScore: forgetting.challengeScore,
        }),
  };
}

function stepsOf(relearn: FurtherAudit["relearn"]): Reading {
  if (relearn === undefined) return { reason: "NOT_RUN" };
  return isMissing(relearn) ? relearn : relearn.steps;
}

function meanOf(readings: readonly Reading[]): Reading {
  const missing = readings.find(isMissing);
  if (missing !== undefined) return missing;
  return (readings as readonly number[]).reduce((a, b) => a + b, 0) / readings.length;
}

/** A number, or why there is none: outputs that are not finite, or of other classes than the teacher's. */
function reading(measure: () => number): Reading {
  try {
    return measure();
  } catch (error) {
    return { reason: "FAILED", detail: (error as Error).message };
  }
}
