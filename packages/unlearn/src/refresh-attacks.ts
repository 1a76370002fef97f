import { LtuError, type FeedbackAttack, type IndexSet, type Predictions, type Rng } from "@ltu/core";

/** Outputs of the model as it is, and which samples they belong to. */
export interface CurrentOutputs extends Predictions {
  readonly indexes: IndexSet;
}

/** What {@link RefreshAttacks} is given: as `trainFeedback` of `@ltu/mia` takes it. */
export interface RefreshRequest {
  /** The accessible retain set: samples that the model was trained on and is to keep. */
  readonly members: CurrentOutputs;
  /** The validation set. */
  readonly nonMembers: CurrentOutputs;
  /** The attacks as they are. */
  readonly attacks: readonly FeedbackAttack[];
  /** Epochs done. */
  readonly epoch: number;
  readonly rng: Rng;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Makes the attacks anew for the model as it is: fits them again, or takes their statistics over non-members again. How
 * is the caller's choice. It must give the same attacks for the same request.
 */
export type RefreshAttacks = (request: RefreshRequest) => Promise<readonly FeedbackAttack[]>;

/**
 * Refuses attacks that cannot give feedback.
 *
 * @throws LtuError `OPTION` where there are none, `FIREWALL` for one that audits results.
 */
export function checkAttacks(
  attacks: readonly FeedbackAttack[],
  { areNeeded }: { areNeeded: boolean },
): void {
  if (attacks.length === 0 && areNeeded) {
    throw new LtuError(
      "OPTION",
      'ltu: attacks must hold at least one feedback attack, found none; fit some with @ltu/mia, or take what asks them away: forgetWeight 0 (or forgetLoss "negativeCrossEntropy"), supportGate false, earlyStop null and miRefreshEpochs 0.',
    );
  }
  const wrong = attacks.find((attack) => (attack.role as string) !== "feedback");
  if (wrong !== undefined) {
    throw new LtuError(
      "FIREWALL",
      `ltu: attacks must be feedback attacks, found the ${String(wrong.role)} "${wrong.name}"; an attack that audits the result must not have trained it.`,
    );
  }
}
