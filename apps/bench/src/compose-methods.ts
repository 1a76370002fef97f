import { LtuError, type FeedbackAttack, type Unlearner } from "@ltu/core";
import { baselines } from "@ltu/baselines";
import { trainFeedback, type TrainFeedbackRequest } from "@ltu/mia/feedback";
import type { Json } from "@ltu/runner";
import { ablations, ltu, optionSets, type AblationName } from "@ltu/unlearn";

import { composeAttacks, type PlannedAttack } from "./compose-attacks.ts";
import type { Experiment, MethodEntry } from "./config.ts";
import { didYouMean } from "./nearest-name.ts";
import type { PlannedMethod } from "./stages/unlearn.ts";

/** One row of the table before anything has run. */
export interface MethodPlan extends PlannedMethod {
  readonly method: string;
  readonly optionSet?: string | undefined;
  /** The feedback attacks it needs, fitted beforehand. */
  readonly attacks: readonly PlannedAttack[];
  /** `"all"`, `"30 %"` or `"-"`. */
  readonly sees: string;
  readonly options: Readonly<Record<string, Json>>;
  /** Whether the audit's shadow models are unlearned by it too. */
  readonly shadows?: boolean | undefined;
}

const marginFamily = ["phi-logistic", "phi-margin-mlp", "margin-mlp"] as const;

/** Feedback attacks of each option set, unless the experiment names others. */
const attacksOf: Readonly<Record<string, readonly string[]>> = {
  literal: ["logistic", "entropy-mlp"],
  initial: marginFamily,
  recommended: marginFamily,
};

/** Baselines as functions of whatever options the experiment gives; they check them. */
const factories = baselines as unknown as Readonly<Record<string, (options: object) => Unlearner>>;

/** The baselines that an experiment may name; retrained models are always there. */
export const baselineNames: readonly string[] = Object.keys(factories).filter((name) => name !== "retrain");

/** An attack that is never asked: stands in while options are checked before anything runs. */
const unasked: FeedbackAttack = {
  role: "feedback",
  name: "unasked",
  score: () => {
    throw new Error("unasked attack");
  },
  heldOutAuc: 1,
  nonMember: { mean: 0, spread: 1, sorted: [0] },
  toJSON: () => ({}),
};

/**
 * The rows of an experiment, the retrained model first. Every name and option is checked here, before any work.
 *
 * @param folder - Where the experiment's file lies: paths of modules are relative to it.
 * @throws LtuError `OPTION` for an unknown method (with the nearest right name), a wrong option, or two rows of one
 * name.
 */
export async function composeMethods(
  experiment: Experiment,
  { folder }: { readonly folder: string },
): Promise<readonly [MethodPlan, ...MethodPlan[]]> {
  const oracle = composeBaseline(
    { name: "retrain", options: { ...experiment.training } },
    experiment,
    "retrain",
  );
  const rows: MethodPlan[] = [];
  for (const entry of experiment.methods) {
    rows.push({ ...(await composeMethod(entry, experiment, folder)), shadows: entry.shadows ?? false });
  }
  const labels = [oracle, ...rows].map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: every row needs its own name, found "${twice}" twice; give one of them a label.`,
    );
  }
  return [oracle, ...rows];
}

async function composeMethod(
  entry: MethodEntry,
  experiment: Experiment,
  folder: string,
): Promise<MethodPlan> {
  if (entry.name === "ltu") return composeLtu(entry, experiment, folder);
  const names = [...baselineNames, "ltu"];
  if (!names.includes(entry.name)) {
    throw new LtuError(
      "OPTION",
      `experiment: methods must be out of ${names.join(", ")} (retrain is always there), found "${entry.name}"; ${didYouMean(entry.name, names)}`,
    );
  }
  return composeBaseline(entry, experiment, entry.label);
}

/** A baseline with the options given. */
export function composeBaseline(
  { name, options }: Pick<MethodEntry, "name" | "options">,
  experiment: Experiment,
  label?: string,
): MethodPlan {
  const unlearner = (factories[name] as (options: object) => Unlearner)(options);
  const sees = seen(unlearner, experiment);
  return {
    ...describe(unlearner, experiment),
    label: label ?? (sees === "-" ? name : `${name} (${sees})`),
    method: name,
    attacks: [],
    make: () => unlearner,
  };
}

async function composeLtu(
  { options, label }: MethodEntry,
  experiment: Experiment,
  folder: string,
): Promise<MethodPlan> {
  const {
    optionSet = "recommended",
    ablation = "full",
    attacks,
    matchDifficulty = false,
    ...given
  } = options as { optionSet?: string; ablation?: string; attacks?: unknown; matchDifficulty?: unknown };
  const sets = Object.keys(optionSets);
  if (!sets.includes(optionSet)) {
    throw new LtuError(
      "OPTION",
      `experiment: optionSet of ltu must be one of ${sets.join(", ")}, found "${optionSet}"; ${didYouMean(optionSet, sets)}`,
    );
  }
  const changes = Object.keys(ablations);
  if (!changes.includes(ablation)) {
    throw new LtuError(
      "OPTION",
      `experiment: ablation of ltu must be one of ${changes.join(", ")}, found "${ablation}"; ${didYouMean(ablation, changes)}`,
    );
  }
  if (typeof matchDifficulty !== "boolean") {
    throw new LtuError(
      "OPTION",
      `experiment: matchDifficulty of ltu must be true or false, found ${JSON.stringify(matchDifficulty)}; correct it.`,
    );
  }
  const overrides = { ...ablations[ablation as AblationName], ...given };
  const planned = await composeAttacks(attacks ?? attacksOf[optionSet], { folder });
  const make = (fitted: readonly FeedbackAttack[]): Unlearner =>
    ltu({
      ...overrides,
      ...refresh(overrides, { planned, matchDifficulty }),
      attacks: fitted,
      optionSet,
    } as Parameters<typeof ltu>[0]);
  const unlearner = make(planned.map(({ name }) => ({ ...unasked, name })));
  if (matchDifficulty && unlearner.options["matchClasses"] === true) {
    throw new LtuError(
      "OPTION",
      "experiment: matchDifficulty takes the place of matchClasses, found both true; leave one of them out.",
    );
  }
  return {
    ...describe(unlearner, experiment, {
      attacks: planned.map(({ name }) => name),
      // Absent where it is not asked for, so that rows from before it was there keep their names.
      ...(matchDifficulty ? { matchDifficulty } : {}),
    }),
    label: label ?? `LTU ${optionSet}`,
    method: "ltu",
    optionSet,
    attacks: planned,
    matchDifficulty,
    make,
  };
}

/** How attacks are made anew where the options ask for it: fitted again on the model as it is. */
function refresh(
  { miRefreshEpochs = 0 }: { readonly miRefreshEpochs?: number },
  {
    planned,
    matchDifficulty,
  }: { readonly planned: readonly PlannedAttack[]; readonly matchDifficulty: boolean },
): object {
  if (miRefreshEpochs === 0) return {};
  const compares = planned.find(({ definition }) => definition.reference !== undefined);
  if (compares !== undefined) {
    throw new LtuError(
      "OPTION",
      `experiment: miRefreshEpochs needs attacks that do without reference models, found ${compares.name}; leave it out, or set miRefreshEpochs to 0.`,
    );
  }
  if (matchDifficulty) {
    throw new LtuError(
      "OPTION",
      "experiment: matchDifficulty needs attacks that stay as they were fitted, found miRefreshEpochs above 0, which fits them anew; leave one of them out.",
    );
  }
  const attacks = planned.map(({ definition }) => definition);
  const refreshAttacks = ({
    members,
    nonMembers,
    rng,
    signal,
  }: Pick<TrainFeedbackRequest, "members" | "nonMembers" | "rng" | "signal">): Promise<FeedbackAttack[]> =>
    trainFeedback({ attacks, members, nonMembers, rng, signal });
  return { refreshAttacks };
}

function describe(
  unlearner: Unlearner,
  experiment: Experiment,
  feedback: { readonly attacks?: readonly string[]; readonly matchDifficulty?: boolean } = {},
): Pick<MethodPlan, "inputs" | "options" | "retain" | "sees"> {
  const resolved = JSON.parse(JSON.stringify(unlearner.options)) as Readonly<Record<string, Json>>;
  // Whatever is measured on fitted attacks belongs to their own stage.
  const options = { ...resolved, ...feedback } as Readonly<Record<string, Json>>;
  return {
    inputs: { name: unlearner.name, options },
    options,
    retain: unlearner.needs.retain,
    sees: seen(unlearner, experiment),
  };
}

function seen({ needs }: Unlearner, { retainFraction }: Experiment): string {
  if (needs.retain === "none") return "-";
  return needs.retain === "full" ? "all" : `${Number((100 * retainFraction).toPrecision(3))} %`;
}
