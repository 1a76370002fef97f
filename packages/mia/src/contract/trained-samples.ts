import { createRng, type IndexSet, type Predictions, type Rng } from "@ltu/core";

import {
  auditInput,
  shadowPlan,
  type AuditInput,
  type AuditSamples,
  type ModelOrigin,
  type QueryView,
  type ShadowOutputs,
} from "../evaluators/index.ts";
import type { ReferenceOutputs, SampleOutputs } from "../feedback/index.ts";
import {
  gaussianClasses,
  linearGradientNorms,
  outputsOf,
  takePoints,
  trainLinear,
  type LabelledPoints,
} from "./linear-model.ts";

/** One control: a model whose answer is known, all that an attack may ask of it, and where its members are. */
export interface ControlSamples {
  /** What evaluators are given. The first `members` rows of the part to score are what was to be forgotten. */
  readonly audit: AuditInput;
  readonly members: number;
  /** What feedback attacks are fitted on, and asked about. */
  readonly feedback: {
    readonly members: SampleOutputs;
    readonly nonMembers: SampleOutputs;
    readonly references: ReferenceOutputs;
    readonly forget: SampleOutputs;
    readonly unseen: SampleOutputs;
  };
}

/** Both controls. */
export interface Controls {
  /** An overfit model that was never made to forget: every attack must catch it. */
  readonly overfit: ControlSamples;
  /** A fresh model that has seen neither side: no attack may catch it. */
  readonly oracle: ControlSamples;
}

const sizes = {
  forget: 150,
  unseen: 150,
  retain: 120,
  val: 160,
  population: 100,
  calibration: 100,
  others: 450,
};
type Part = keyof typeof sizes;
const shadowHalves = 16;
const method = "do-nothing";
const recipe = "linear";
const transform = "identity";

/**
 * Trains the models of both controls: linear classifiers with many features and few points, in float64 JavaScript, which
 * know their members by heart. Shadow models follow a `shadowPlan` and are unlearned by doing nothing.
 *
 * An attack that sees the original beside the unlearned model finds what was in the original even where a perfectly
 * retrained model is audited; for it, neither model of the oracle control has seen the samples.
 */
export function trainedControls(): Controls {
  const rng = createRng(29);
  const sample = gaussianClasses(rng.split("data"));
  const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
  const all = sample("all", total);
  let next = 0;
  const part = Object.fromEntries(
    Object.entries(sizes).map(([name, size]) => {
      const indexes = Int32Array.from({ length: size }, (_, i) => next + i);
      next += size;
      return [name, indexes];
    }),
  ) as Record<Part, IndexSet>;
  const trainOn = (indexes: IndexSet): Float64Array => trainLinear(takePoints(all, indexes));
  const join = (...sets: IndexSet[]): IndexSet => Int32Array.from(sets.flatMap((set) => [...set]));
  const others = (k: number): IndexSet => part.others.slice(150 * k, 150 * (k + 1));

  const overfit = trainOn(join(part.retain, part.forget));
  const [oracle, before] = [0, 1].map((k) => trainOn(join(part.retain, others(k))));
  const stranger = trainOn(others(2));
  const shadows = shadowOutputs(all, part, trainOn);
  const references = referencesOf(all, part, trainOn);
  const control = (key: string, weights: Float64Array, original: Float64Array): ControlSamples => {
    const ask = (indexes: IndexSet): AuditSamples =>
      everythingAbout(takePoints(all, indexes), indexes, {
        weights,
        original,
        stranger,
        rng: rng.split("noise"),
      });
    const plain = (indexes: IndexSet): SampleOutputs => ({
      ...outputsOf(weights, takePoints(all, indexes)),
      indexes,
    });
    const origin: ModelOrigin = { key, recipe, transform, method };
    return {
      audit: auditInput({
        score: ask(join(part.forget, part.unseen)),
        model: origin,
        fit: { members: ask(part.retain), nonMembers: ask(part.val) },
        population: ask(part.population),
        calibration: ask(part.calibration),
        shadows,
      }),
      members: sizes.forget,
      feedback: {
        members: plain(part.retain),
        nonMembers: plain(part.val),
        references,
        forget: plain(part.forget),
        unseen: plain(part.unseen),
      },
    };
  };
  return {
    overfit: control("overfit", overfit, overfit),
    oracle: control("oracle", oracle as Float64Array, before as Float64Array),
  };
}

/** Shadow models by plan, each made to forget by doing nothing. */
function shadowOutputs(
  all: LabelledPoints,
  part: Readonly<Record<Part, IndexSet>>,
  trainOn: (indexes: IndexSet) => Float64Array,
): ShadowOutputs {
  const targets = Int32Array.from([...part.forget, ...part.unseen]);
  const { shadows } = shadowPlan({
    attack: "u-lira",
    targets,
    background: part.retain,
    backgroundShare: 1,
    budget: shadowHalves,
    method,
    seed: 31,
  });
  const indexes = Int32Array.from([...targets, ...part.population, ...part.calibration]);
  const outputs = new Map<string, Predictions>();
  const models = shadows.map(({ id, kind, trainedOn, forgotten, from = id, method: by }) => {
    const own = outputs.get(from) ?? outputsOf(trainOn(trainedOn), takePoints(all, indexes));
    outputs.set(from, own);
    return { key: id, kind, trainedOn, forgotten, recipe, transform, method: by, outputs: own };
  });
  return { indexes, models };
}

/** Two reference models, trained on validation samples set aside for them. */
function referencesOf(
  all: LabelledPoints,
  part: Readonly<Record<Part, IndexSet>>,
  trainOn: (indexes: IndexSet) => Float64Array,
): ReferenceOutputs {
  const indexes = Int32Array.from([...part.forget, ...part.unseen, ...part.retain, ...part.val]);
  const trainedOn = part.val.slice(0, 60);
  const models = [trainedOn, trainedOn.slice(0, 50)].map((own) =>
    outputsOf(trainOn(own), takePoints(all, indexes)),
  );
  return { indexes, models, trainedOn };
}

/** All that may be asked about samples. */
function everythingAbout(
  points: LabelledPoints,
  indexes: IndexSet,
  {
    weights,
    original,
    stranger,
    rng,
  }: { weights: Float64Array; original: Float64Array; stranger: Float64Array; rng: Rng },
): AuditSamples {
  // The model is linear: the logits of a noisy copy are those of the sample and of the noise together.
  const own = outputsOf(weights, points);
  const noises = [0, 1, 2, 3, 4, 5].map((copy) => {
    const x = Float64Array.from(rng.split(`${indexes[0]}/${copy}`).normals(points.x.length));
    return outputsOf(weights, { ...points, x });
  });
  const view = (noise: number, strength: number, copy: number): QueryView => {
    const added = noises[copy] as Predictions;
    const logits = own.logits.map((z, k) => z + strength * (added.logits[k] as number));
    return { noise, outputs: { ...own, logits } };
  };
  return {
    ...own,
    indexes,
    before: outputsOf(original, points),
    features: { values: outputsOf(stranger, points).logits, width: 4 },
    views: [
      ...noises.map((_, k) => view(0, 0.7, k)),
      ...[0.5, 1, 1.5, 2].flatMap((noise) => [0, 1, 2].map((k) => view(noise, noise, k))),
    ],
    gradientNorms: linearGradientNorms(weights, points),
  };
}
