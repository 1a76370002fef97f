import { LtuError, type FeedbackAttack, type UnlearnerNeeds } from "@ltu/core";

import type { LtuOptions, OptionSetName } from "./option-sets.ts";
import { checkAttacks, type RefreshAttacks } from "./refresh-attacks.ts";
import { resolveOptions } from "./resolve-options.ts";

/** What `ltu` is given: attacks, a named option set, and any option to override. */
export interface LtuConfig extends Partial<LtuOptions> {
  /** The K frozen attacks that give forgetting feedback, fitted on the original model's outputs. */
  readonly attacks: readonly FeedbackAttack[];
  /** Default `"recommended"`. */
  readonly optionSet?: OptionSetName | undefined;
  /** How attacks are made anew; goes with `miRefreshEpochs` above 0. */
  readonly refreshAttacks?: RefreshAttacks | undefined;
}

/** A checked configuration. */
export interface LtuMethod {
  readonly name: string;
  readonly optionSet: OptionSetName;
  readonly attacks: readonly FeedbackAttack[];
  readonly options: LtuOptions;
  readonly refreshAttacks: RefreshAttacks | undefined;
  readonly needs: UnlearnerNeeds;
}

/**
 * Completes and checks a configuration.
 *
 * @throws LtuError `OPTION` for unknown or contradictory options and missing attacks, `FIREWALL` for an attack that
 * audits results.
 */
export function resolveConfig({
  attacks,
  optionSet = "recommended",
  refreshAttacks,
  ...overrides
}: LtuConfig): LtuMethod {
  const options = resolveOptions(optionSet, overrides);
  checkAttacks(attacks, { areNeeded: needsAttacks(options) });
  if (options.miRefreshEpochs > 0 !== (refreshAttacks !== undefined)) {
    throw new LtuError(
      "OPTION",
      `ltu: refreshAttacks and miRefreshEpochs above 0 belong together, found miRefreshEpochs ${options.miRefreshEpochs} ${refreshAttacks === undefined ? "without" : "with"} refreshAttacks; give both or neither.`,
    );
  }
  const needs = {
    forget: true,
    retain: "rho",
    val: options.miRefreshEpochs > 0,
    attackData: attacks.length > 0,
  } as const;
  return { name: `ltu-${optionSet}`, optionSet, attacks, options, refreshAttacks, needs };
}

function needsAttacks(options: LtuOptions): boolean {
  const giveFeedback = options.forgetWeight > 0 && options.forgetLoss === "attacks";
  return (
    giveFeedback || options.supportGate !== false || options.earlyStop !== null || options.miRefreshEpochs > 0
  );
}
