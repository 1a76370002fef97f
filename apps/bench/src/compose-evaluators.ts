import { LtuError } from "@ltu/core";
import {
  ensemble,
  entropyThreshold,
  gradientNorm,
  labelOnly,
  lira,
  lossThreshold,
  modifiedEntropyThreshold,
  quantile,
  rmia,
  uLira,
  updatePair,
  type Evaluator,
} from "@ltu/mia/evaluators";
import type { Json } from "@ltu/runner";

import type { Experiment } from "./config.ts";
import { isNamed } from "./forget/forget-config.ts";
import { evaluatorNeeds, type ComparesWith, type EvaluatorName } from "./evaluator-names.ts";
import { isModulePath } from "./load-module.ts";
import { didYouMean } from "./nearest-name.ts";
import { comparesWithOf, evaluatorOfModule } from "./own-evaluator.ts";

/** An evaluator of an experiment. */
export interface PlannedEvaluator {
  readonly evaluator: Evaluator;
  readonly comparesWith: ComparesWith;
  /** SHA-256 of the module that an evaluator of somebody's own was read from. */
  readonly sha256?: string | undefined;
}

/** What decides an evaluator: its name, and the text of its module where it comes from one. */
export function evaluatorKey({ evaluator: { name }, sha256 }: PlannedEvaluator): Json {
  return sha256 === undefined ? name : { name, sha256 };
}

/** What the union and the intersection are of, as far as the experiment names it: no two of one family. */
const joined = {
  lira: () => lira({ form: "offline" }),
  quantile: () => quantile(),
  rmia: () => rmia({ form: "offline" }),
} as const satisfies Partial<Record<EvaluatorName, () => Evaluator>>;

/** RMIA beside models that a method unlearned: that of the audited model, or another for a model that was trained only. */
export function rmiaUnlearned(method?: string): Evaluator {
  const options = { form: "online", references: "unlearned" } as const;
  return { ...rmia(method === undefined ? options : { ...options, method }), name: "rmia-unlearned" };
}

type Joint = "intersection" | "union";

const evaluators: { readonly [K in Exclude<EvaluatorName, Joint>]: (augmented: boolean) => Evaluator } = {
  ...joined,
  ensemble: () => ensemble(),
  "entropy-threshold": () => entropyThreshold(),
  "gradient-norm": () => gradientNorm(),
  // Without augmentation in training, a shifted image is none that a member was: noise takes its place.
  "label-only": (augmented) => labelOnly({ form: augmented ? "votes" : "boundary" }),
  "lira-online": () => ({ ...lira({ form: "online" }), name: "lira-online" }),
  "loss-threshold": () => lossThreshold(),
  "modified-entropy-threshold": () => modifiedEntropyThreshold(),
  "rmia-online": () => ({ ...rmia({ form: "online" }), name: "rmia-online" }),
  "rmia-unlearned": () => rmiaUnlearned(),
  "u-lira": () => uLira(),
  "update-pair": () => updatePair(),
};

/**
 * The evaluators of an experiment's `audit.evaluators`, in its order. An entry is a name, or the path of a module relative
 * to `folder` that exports one evaluator.
 *
 * @param options - `folder`: where the experiment's file lies.
 * @throws LtuError `OPTION` for a name that is none (with the nearest right one), a name twice, an evaluator without the
 * shadow models it compares with, and shadow models that no evaluator compares with.
 */
export async function composeEvaluators(
  { audit, forget, methods, training }: Pick<Experiment, "audit" | "forget" | "methods" | "training">,
  { folder }: { readonly folder: string },
): Promise<PlannedEvaluator[]> {
  const hasShadows = audit.shadows.budget !== "none";
  const planned: PlannedEvaluator[] = [];
  for (const entry of audit.evaluators) {
    if (isModulePath(entry)) {
      const own = await evaluatorOfModule(entry, folder);
      planned.push({ ...own, comparesWith: comparesWithOf(own.evaluator, { hasShadows }) });
    } else {
      const name = evaluatorName(entry);
      const evaluator = isJoint(name) ? join(name, audit.evaluators) : evaluators[name](training.augment);
      planned.push({ evaluator, comparesWith: evaluatorNeeds[name] });
    }
  }
  const names = planned.map(({ evaluator }) => evaluator.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw refused(`must have each name once, found ${twice} twice; remove one`);
  checkShadows(planned, {
    hasShadows,
    hasUnlearned: methods.some(({ shadows = false }) => shadows),
    isStream: isNamed(forget) && forget.kind === "requests",
  });
  return planned;
}

/** A name that stands for an evaluator of `@ltu/mia`. */
function evaluatorName(entry: string): EvaluatorName {
  const known = Object.keys(evaluatorNeeds);
  if (entry === "confidence-svc") {
    throw refused(`cannot have ${entry}: it is the attack of MIA-efficacy and always there; leave it out`);
  }
  if (!Object.hasOwn(evaluatorNeeds, entry)) {
    throw new LtuError(
      "OPTION",
      `experiment: audit.evaluators must be out of ${known.join(", ")}, or paths of modules, found "${entry}"; ${didYouMean(entry, known)}`,
    );
  }
  return entry as EvaluatorName;
}

function isJoint(name: EvaluatorName): name is Joint {
  return name === "union" || name === "intersection";
}

/** The union or the intersection of those attacks of the experiment that compare an image with something of its own. */
function join(rule: Joint, names: readonly string[]): Evaluator {
  const own = (Object.keys(joined) as (keyof typeof joined)[]).filter((name) => names.includes(name));
  if (own.length < 2) {
    throw refused(
      `has ${rule}, which joins two or more of ${Object.keys(joined).join(", ")}, found ${own.length === 0 ? "none" : `${own.join(", ")} alone`}; name one more, or leave ${rule} out`,
    );
  }
  return { ...ensemble({ rule, evaluators: own.map((name) => joined[name]()) }), name: rule };
}

function checkShadows(
  planned: readonly PlannedEvaluator[],
  {
    hasShadows,
    hasUnlearned,
    isStream,
  }: { readonly hasShadows: boolean; readonly hasUnlearned: boolean; readonly isStream: boolean },
): void {
  const withShadows = planned.filter(
    ({ comparesWith }) => comparesWith === "originals" || comparesWith === "unlearned",
  );
  const [first] = withShadows;
  if (first !== undefined && !hasShadows) {
    throw refused(
      `has ${first.evaluator.name}, which compares with shadow models, and audit.shadows.budget is "none"; set it to "smoke", or leave ${first.evaluator.name} out`,
    );
  }
  const unlearned = withShadows.find(({ comparesWith }) => comparesWith === "unlearned");
  if (unlearned !== undefined && !hasUnlearned) {
    throw refused(
      `has ${unlearned.evaluator.name}, which compares with shadow models unlearned by the audited method, and no method has "shadows": true; give it to the methods to be audited so, or leave ${unlearned.evaluator.name} out`,
    );
  }
  if (unlearned !== undefined && isStream) {
    throw refused(
      `has ${unlearned.evaluator.name}, whose shadow models forget all at once, and forget is a stream of requests; leave ${unlearned.evaluator.name} out`,
    );
  }
  if (first === undefined && hasShadows) {
    throw refused(
      `has none that compares with shadow models, and audit.shadows.budget asks for some; add lira-online, or set the budget to "none"`,
    );
  }
}

function refused(what: string): LtuError {
  return new LtuError("OPTION", `experiment: audit.evaluators ${what}.`);
}
