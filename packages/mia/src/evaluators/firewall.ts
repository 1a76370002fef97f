import { LtuError } from "@ltu/core";

import { feedbackFamilies, type AttackFamily } from "./attack-families.ts";
import type { Evaluator } from "./evaluator.ts";

declare const feedbackManifestBrand: unique symbol;
declare const evaluatorManifestBrand: unique symbol;

/** What attacks were made of, as plain JSON. */
export interface AttackManifest {
  /** Content hash of the data set that `fittingSamples` are indexes of. */
  readonly data: string;
  /** Samples that fitted an attack, ascending. What is only scored, such as the forget set, is not among them. */
  readonly fittingSamples: readonly number[];
  /** Root seeds or keys of random streams. A stream holds all that are split from it. */
  readonly seeds: readonly string[];
  /** Content keys of shadow and reference models. */
  readonly shadowModels: readonly string[];
  /** What the attacks read. A name that is no {@link AttackFamily} stands for itself. */
  readonly families: readonly string[];
}

/** The manifest of a run's feedback; an evaluator's cannot stand in its place. */
export interface FeedbackManifest extends AttackManifest {
  readonly [feedbackManifestBrand]?: true;
  readonly role: "feedback";
}

/** The manifest of an evaluator; feedback's cannot stand in its place. */
export interface EvaluatorManifest extends AttackManifest {
  readonly [evaluatorManifestBrand]?: true;
  readonly role: "evaluator";
}

/** What a manifest is made from. */
export interface ManifestRequest {
  readonly data: string;
  readonly fittingSamples?: ArrayLike<number>;
  readonly seeds: readonly (string | number)[];
  readonly shadowModels?: readonly string[];
  /** For attacks of one's own: what each reads, by its name. */
  readonly families?: Readonly<Record<string, readonly (AttackFamily | (string & {}))[]>>;
}

/** What two manifests share. */
export interface SharedPart {
  readonly what: "families" | "fitting samples" | "seeds" | "shadow models";
  readonly values: readonly (string | number)[];
}

/** What {@link firewall} found. */
export interface FirewallOutcome {
  /** Whether the evaluator may be reported as held out. */
  readonly independent: boolean;
  readonly shared: readonly SharedPart[];
  /** For the evaluator's row in every report, such as `"shared: families (rmia), seeds (7)"`; `undefined` if independent. */
  readonly mark: string | undefined;
}

/**
 * The manifest of the attacks that gave feedback.
 *
 * @param attacks - Fitted attacks, definitions or names. A name that is not of this package and not in `families` is a
 * family of its own.
 */
export function feedbackManifest(
  attacks: readonly (string | { readonly name: string })[],
  request: ManifestRequest,
): FeedbackManifest {
  const families = attacks.flatMap((attack) => {
    const name = typeof attack === "string" ? attack : attack.name;
    return own(request.families, name) ?? own(feedbackFamilies, name) ?? [name];
  });
  return { role: "feedback", ...manifest(families, request) };
}

/** The manifest of an evaluator; its families are those it carries. */
export function evaluatorManifest(
  evaluator: Pick<Evaluator, "families" | "name" | "role">,
  request: ManifestRequest,
): EvaluatorManifest {
  return {
    role: "evaluator",
    ...manifest(own(request.families, evaluator.name) ?? evaluator.families, request),
  };
}

function own<T>(table: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}

function manifest(
  families: readonly string[],
  { data, fittingSamples = [], seeds, shadowModels = [] }: ManifestRequest,
): AttackManifest {
  return {
    data,
    fittingSamples: [...new Set(Array.from(fittingSamples))].sort((a, b) => a - b),
    seeds: [...new Set(seeds.map(String))].sort(),
    shadowModels: [...new Set(shadowModels)].sort(),
    families: [...new Set(families)].sort(),
  };
}

/**
 * Whether an evaluator is independent of what gave feedback: an attack that trained the model must not judge it.
 *
 * Fitting samples (of the same data), seeds, shadow models and attack families must all differ. Scoring the same samples,
 * the forget set above all, is not sharing.
 *
 * @param manifests - Of the run's feedback, and of the evaluator.
 * @param options - `allowShared`: hand the evaluator through with a mark for the report instead; false by default.
 * @returns What is shared, and the mark.
 * @throws LtuError `FIREWALL` that names everything shared, unless allowed; `OPTION` when the manifests have changed places.
 *
 * @example
 * ```ts
 * import { evaluatorManifest, feedbackManifest, firewall, lossThreshold, uLira } from "@ltu/mia/evaluators";
 *
 * const feedback = feedbackManifest(["phi-logistic"], { data: "d0", fittingSamples: [1, 2], seeds: [7] });
 * const made = { data: "d0", fittingSamples: [8, 9], seeds: [11] };
 * console.log(firewall({ feedback, evaluator: evaluatorManifest(uLira(), made) }).independent); // → true
 * const shared = { feedback, evaluator: evaluatorManifest(lossThreshold(), made) };
 * console.log(firewall(shared, { allowShared: true }).mark); // → shared: families (confidence)
 * ```
 */
export function firewall(
  { feedback, evaluator }: { readonly feedback: FeedbackManifest; readonly evaluator: EvaluatorManifest },
  { allowShared = false }: { readonly allowShared?: boolean } = {},
): FirewallOutcome {
  const roles = [feedback.role, evaluator.role] as readonly string[];
  if (roles[0] !== "feedback" || roles[1] !== "evaluator") {
    throw new LtuError(
      "OPTION",
      `firewall: expected the manifests of feedback and of an evaluator, found ${roles.join(" and ")}; give each its place.`,
    );
  }
  const common = <T>(a: readonly T[], b: readonly T[]): T[] => {
    const known = new Set(a);
    return b.filter((value) => known.has(value));
  };
  const found: SharedPart[] = [
    { what: "families", values: common(feedback.families, evaluator.families) },
    {
      what: "fitting samples",
      values:
        feedback.data === evaluator.data ? common(feedback.fittingSamples, evaluator.fittingSamples) : [],
    },
    {
      what: "seeds",
      values: evaluator.seeds.filter((seed) => feedback.seeds.some((other) => related(seed, other))),
    },
    { what: "shadow models", values: common(feedback.shadowModels, evaluator.shadowModels) },
  ];
  const shared = found.filter(({ values }) => values.length > 0);
  if (shared.length === 0) return { independent: true, shared, mark: undefined };
  const list = shared.map(({ what, values }) => `${what} (${some(values)})`).join(", ");
  if (!allowShared) {
    throw new LtuError(
      "FIREWALL",
      `firewall: an evaluator must share nothing with the attacks that gave feedback, found shared ${list}; take another evaluator, or allow it and have its row marked.`,
    );
  }
  return { independent: false, shared, mark: `shared: ${list}` };
}

/** Whether one stream is the other or was split from it: keys are paths of labels from the root seed. */
function related(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** At most three values, and how many more. */
function some(values: readonly (string | number)[]): string {
  const shown = values.slice(0, 3).join(", ");
  return values.length > 3 ? `${shown} and ${values.length - 3} more` : shown;
}
