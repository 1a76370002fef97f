import {
  accuracyPercent,
  challengeScore,
  forgettingQuality,
  isMissing,
  klomWithEnds,
  logitMargin,
  type ForgettingQuality,
  type Klom,
  type ModelScores,
} from "@ltu/metrics";
import type { EnsembleKlom, Ensemble, Missing, Reading } from "@ltu/report";
import type { Json, Stage, StageContext } from "@ltu/runner";

import type { RepeatsConfig } from "../audit-config.ts";
import { encodeJson } from "./json-artefact.ts";
import { decodeOutputs, type ModelOutputs, type SetOutputs } from "./read-outputs.ts";

/** With fewer on either side KLOM has no noise floor, and epsilon nothing that it could show. */
const leastModels = 4;

/** The outputs of several models of each kind; stages of `readOutputsStage`. */
export interface EnsembleOutputs {
  readonly unlearned: readonly Stage[];
  readonly oracles: readonly Stage[];
  /** The models that the unlearned ones come from. */
  readonly originals: readonly Stage[];
}

/**
 * Compares several models of one method with several retrained ones: KLOM on forget, retain and test set, and forgetting
 * quality. Its noise floor is what half of the oracles show against the other half.
 */
export function compareEnsemblesStage(
  { unlearned, oracles, originals }: EnsembleOutputs,
  { label, repeats }: { readonly label: string; readonly repeats: RepeatsConfig },
): Stage {
  return {
    name: `compare models: ${label}`,
    inputs: { originals: repeats.originals } as unknown as Json,
    dependsOn: [...unlearned, ...oracles, ...originals],
    run: async ({ artefact }) =>
      encodeJson(
        compareEnsembles(
          {
            unlearned: await readAll(unlearned, artefact),
            oracles: await readAll(oracles, artefact),
            originals: await readAll(originals, artefact),
          },
          repeats.originals,
        ) as unknown as Json,
      ),
  };
}

async function readAll(
  stages: readonly Stage[],
  artefact: StageContext["artefact"],
): Promise<readonly ModelOutputs[]> {
  const read: ModelOutputs[] = [];
  for (const stage of stages) read.push(decodeOutputs(await artefact(stage)));
  return read;
}

/** The comparison itself, or why there is none. */
export function compareEnsembles(
  models: Readonly<Record<keyof EnsembleOutputs, readonly ModelOutputs[]>>,
  from: RepeatsConfig["originals"],
): Ensemble | Missing {
  const { unlearned, oracles } = models;
  const counts = [unlearned.length, oracles.length] as const;
  if (Math.min(...counts) < leastModels) {
    return {
      reason: "TOO_FEW_MODELS",
      detail: `at least ${leastModels} of a method and as many oracles are needed, found ${counts[0]} and ${counts[1]}`,
    };
  }
  try {
    const klom = (set: keyof ModelOutputs): EnsembleKlom => {
      const found = klomWithEnds({
        oracles: marginsOf(oracles, set),
        unlearned: marginsOf(unlearned, set),
        originals: marginsOf(models.originals, set),
      });
      const shown = (value: Klom | Missing): { mean: number; p95: number } | Missing =>
        isMissing(value) ? value : { mean: value.mean, p95: value.p95 };
      return {
        mean: found.unlearned.mean,
        p95: found.unlearned.p95,
        noiseFloor: shown(found.noiseFloor),
        ceiling: shown(found.ceiling),
      };
    };
    const half = Math.floor(oracles.length / 2);
    const quality = forgettingQuality(marginsOf(unlearned, "forget"), marginsOf(oracles, "forget"));
    const floor = forgettingQuality(
      marginsOf(oracles.slice(0, half), "forget"),
      marginsOf(oracles.slice(half), "forget"),
    );
    return {
      models: counts[0],
      oracles: counts[1],
      originals: from,
      klom: { forget: klom("forget"), retain: klom("retain"), test: klom("test") },
      forgetting: isMissing(quality) ? quality : qualityOf(quality, { models, floor }),
    };
  } catch (error) {
    // Such as a model with other classes, or outputs that are not finite.
    if (!(error instanceof RangeError)) throw error;
    return { reason: "FAILED", detail: error.message };
  }
}

function qualityOf(
  { forgetScore, epsilon, resolution }: ForgettingQuality,
  {
    models: { unlearned, oracles },
    floor,
  }: {
    readonly models: Readonly<Record<keyof EnsembleOutputs, readonly ModelOutputs[]>>;
    readonly floor: ForgettingQuality | Missing;
  },
): Exclude<Ensemble["forgetting"], Missing> {
  const accuracies = (list: readonly ModelOutputs[]): { retain: number; test: number } => ({
    retain: meanOf(list.map(({ retain }) => percentOf(retain))),
    test: meanOf(list.map(({ test }) => percentOf(test))),
  });
  const score: Reading = isMissing(forgetScore)
    ? forgetScore
    : challengeScore(forgetScore, { unlearned: accuracies(unlearned), retrained: accuracies(oracles) });
  return {
    forgetScore,
    noiseFloor: isMissing(floor) ? floor : floor.forgetScore,
    challengeScore: score,
    epsilon,
    largestFinite: resolution.largestFinite,
    maxEpsilon: resolution.maxEpsilon,
  };
}

function marginsOf(models: readonly ModelOutputs[], set: keyof ModelOutputs): ModelScores {
  const samples = models[0]?.[set].labels.length ?? 0;
  const values = new Float64Array(models.length * samples);
  models.forEach((outputs, m) => values.set(logitMargin(outputs[set]), m * samples));
  return { values, models: models.length, samples };
}

function percentOf({ logits, labels, classes }: SetOutputs): number {
  return accuracyPercent(logits, labels, classes);
}

function meanOf(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / values.length;
}
