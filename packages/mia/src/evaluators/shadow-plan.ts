import { createRng, LtuError, type IndexSet, type Rng } from "@ltu/core";

import { checkOptions, someText, wholeFrom, yesOrNo, type OptionRule } from "./check-options.ts";
import { expectedWidths, type ExpectedWidths } from "./expected-widths.ts";
import type { ShadowKind } from "./shadow-models.ts";
import { shadowSpec, type ShadowSpec } from "./shadow-spec.ts";

/** Shadow models of each budget: training halves. Our ladder; papers use 64 to 256. */
export const shadowBudgets: Readonly<Record<"smoke" | "dev" | "paper", number>> = {
  smoke: 8,
  dev: 64,
  paper: 256,
};

/**
 * The attacks that need shadow models. `lira`, `rmia` and `u-lira` share their originals; the offline forms have oracles
 * alone: models that were trained on the background and have seen no target.
 */
export type ShadowAttack = "lira" | "lira-offline" | "rmia" | "rmia-offline" | "u-lira";

/** What {@link shadowPlan} is given. */
export interface ShadowPlanRequest {
  readonly attack: ShadowAttack;
  /** The samples to be scored: what was forgotten, and as many that were never seen. Each once. */
  readonly targets: IndexSet;
  /** Further training samples, such as retained ones; no target among them. None by default. */
  readonly background?: IndexSet;
  /** How much of the background each shadow is trained on, above 0 to 1; 0.5 by default. Oracles alone get all of it. */
  readonly backgroundShare?: number;
  /** Training halves: a name of {@link shadowBudgets} or an even number. */
  readonly budget: "smoke" | "dev" | "paper" | number;
  /** The audited method with its options, by name; needed by `u-lira`. */
  readonly method?: string;
  /** About how many samples each unlearned shadow forgets; all targets in its half by default. For `u-lira`. */
  readonly forgetCount?: number;
  /** Also an oracle for each unlearned shadow: trained on the same half without what is forgotten. For `u-lira`; false. */
  readonly oracles?: boolean;
  /** A whole number; another than any that served feedback or the audited model. */
  readonly seed: number;
}

/** Which shadow models an audit needs. */
export interface ShadowPlan {
  readonly attack: ShadowAttack;
  /** In an order in which each original stands before what is unlearned from it. */
  readonly shadows: readonly ShadowSpec[];
  readonly counts: Readonly<Record<ShadowKind, number>>;
  /** Models on either side of each target; 0 members for the offline forms. */
  readonly perTarget: { readonly member: number; readonly other: number };
  readonly expected: ExpectedWidths;
}

const rules: Readonly<Record<string, OptionRule>> = {
  attack: ["lira", "lira-offline", "rmia", "rmia-offline", "u-lira"],
  targets: { expected: "indexes", holds: (value) => value instanceof Int32Array },
  background: { expected: "indexes", holds: (value) => value instanceof Int32Array },
  backgroundShare: {
    expected: "above 0 and at most 1",
    holds: (value) => typeof value === "number" && value > 0 && value <= 1,
  },
  budget: {
    expected: `${Object.keys(shadowBudgets).join(", ")} or an even number of at least 2`,
    holds: (value) =>
      (typeof value === "string" && Object.hasOwn(shadowBudgets, value)) ||
      (Number.isInteger(value) && (value as number) >= 2 && (value as number) % 2 === 0),
  },
  method: someText,
  forgetCount: wholeFrom(1),
  oracles: yesOrNo,
  seed: wholeFrom(0),
};

/**
 * The shadow models of an audit as data; the app trains them once, by content key.
 *
 * Halves come in pairs that complement each other, so that each target is in exactly half of the training sets. An
 * unlearned shadow forgets targets of its half; over the shadows of one original every target of its half is forgotten
 * exactly once.
 *
 * @returns The plan; the same for the same request.
 * @throws LtuError `OPTION` for a request that cannot be met, `DATA` for a target given twice or in the background.
 *
 * @example
 * ```ts
 * import { shadowPlan } from "@ltu/mia/evaluators";
 *
 * const targets = Int32Array.from({ length: 40 }, (_, i) => i);
 * const plan = shadowPlan({ attack: "u-lira", targets, budget: "smoke", method: "finetune", seed: 7 });
 * console.log(plan.counts.original, plan.counts.unlearned, plan.perTarget.member); // → 8 8 4
 * ```
 */
export function shadowPlan(request: ShadowPlanRequest): ShadowPlan {
  checkOptions("shadowPlan", request, rules);
  const { attack, targets, background = new Int32Array(0), budget, method, seed } = request;
  checkRequest(request, background);
  const halves = typeof budget === "string" ? shadowBudgets[budget] : budget;
  const rng = createRng(seed).split("shadow-plan");
  const shadows: ShadowSpec[] = [];
  if (attack.endsWith("-offline")) {
    for (let t = 0; t < halves; t++) {
      shadows.push(
        shadowSpec({
          id: `oracle/${t}`,
          kind: "oracle",
          trainedOn: background,
          seed: seedOf(rng, `oracle/${t}`),
        }),
      );
    }
  } else {
    for (let pair = 0; pair < halves / 2; pair++) {
      halvesOf(request, background, rng.split(`pair/${pair}`)).forEach(({ own, trainedOn }, side) => {
        const t = 2 * pair + side;
        const original = shadowSpec({
          id: `original/${t}`,
          kind: "original",
          trainedOn,
          seed: seedOf(rng, `original/${t}`),
        });
        shadows.push(original);
        if (attack !== "u-lira") return;
        const blocks = forgetBlocks(own, request.forgetCount ?? own.length, rng.split(`forget/${t}`));
        blocks.forEach((forgotten, b) => {
          const place = `${t}/${b}`;
          const unlearned = { id: `unlearned/${place}`, kind: "unlearned", trainedOn, forgotten } as const;
          shadows.push(
            shadowSpec({
              ...unlearned,
              from: original.id,
              method: method as string,
              seed: seedOf(rng, `unlearned/${place}`),
            }),
          );
          if (request.oracles !== true) return;
          const gone = new Set(forgotten);
          const kept = trainedOn.filter((index) => !gone.has(index));
          shadows.push(
            shadowSpec({
              id: `oracle/${place}`,
              kind: "oracle",
              trainedOn: kept,
              seed: seedOf(rng, `oracle/${place}`),
            }),
          );
        });
      });
    }
  }
  const counts = { original: 0, unlearned: 0, oracle: 0 };
  for (const { kind } of shadows) counts[kind] += 1;
  const perTarget = sidesOfTarget(attack, shadows, targets[0] as number);
  return {
    attack,
    shadows,
    counts,
    perTarget,
    expected: expectedWidths({ ...perTarget, targets: targets.length }),
  };
}

function checkRequest(request: ShadowPlanRequest, background: IndexSet): void {
  const { attack, targets, method, forgetCount, oracles } = request;
  const wrong = (expected: string, found: string, remedy: string): LtuError =>
    new LtuError("OPTION", `shadowPlan: ${expected}, found ${found}; ${remedy}.`);
  if (attack === "u-lira" && method === undefined) {
    throw wrong(
      "u-lira needs the audited method",
      "none",
      "name it with its options, for its shadows are its own",
    );
  }
  if (attack !== "u-lira" && (method !== undefined || forgetCount !== undefined || oracles !== undefined)) {
    throw wrong(
      "method, forgetCount and oracles belong to u-lira",
      `one of them with ${attack}`,
      "leave it out",
    );
  }
  if (attack.endsWith("-offline") && background.length === 0) {
    throw wrong(
      "an offline attack needs a background to train its models on",
      "none",
      "give retained samples",
    );
  }
  if (targets.length < 2)
    throw wrong("at least two targets", `${targets.length}`, "give what is to be scored");
  const seen = new Set<number>();
  for (const index of [...targets, ...background]) {
    if (seen.has(index)) {
      throw new LtuError(
        "DATA",
        `shadowPlan: each sample may stand once in targets or background, found ${index} twice; remove one.`,
      );
    }
    seen.add(index);
  }
}

/** Two training sets that complement each other in the targets. */
function halvesOf(
  { targets, backgroundShare = 0.5 }: ShadowPlanRequest,
  background: IndexSet,
  rng: Rng,
): { own: IndexSet; trainedOn: IndexSet }[] {
  const order = rng.split("targets").choice(targets, targets.length);
  // With an odd number of targets, chance decides which half has one more.
  const middle = Math.floor((targets.length + rng.split("odd").integer(2)) / 2);
  const rest = rng.split("background").choice(background, background.length);
  const taken = Math.round(backgroundShare * rest.length);
  return [
    { own: order.slice(0, middle), others: rest.slice(0, taken) },
    { own: order.slice(middle), others: rest.slice(rest.length - taken) },
  ].map(({ own, others }) => ({ own, trainedOn: joined(own, others) }));
}

/** The targets of a half in random blocks of nearly equal size, about `size` each. */
function forgetBlocks(own: IndexSet, size: number, rng: Rng): IndexSet[] {
  const order = rng.choice(own, own.length);
  const count = Math.max(1, Math.round(order.length / size));
  return Array.from({ length: count }, (_, b) =>
    order.slice(Math.round((b * order.length) / count), Math.round(((b + 1) * order.length) / count)),
  );
}

function seedOf(rng: Rng, label: string): number {
  return rng
    .split("seed")
    .split(label)
    .integer(2 ** 31 - 1);
}

/** How many models are on either side of a target, by the rules of the attack. */
function sidesOfTarget(
  attack: ShadowAttack,
  shadows: readonly ShadowSpec[],
  target: number,
): { member: number; other: number } {
  const own = attack === "u-lira" ? shadows.filter(({ kind }) => kind === "unlearned") : shadows;
  const other = own.filter(({ trainedOn }) => !trainedOn.includes(target)).length;
  const member = own.filter(({ trainedOn, forgotten }) =>
    attack === "u-lira" ? forgotten.includes(target) : trainedOn.includes(target),
  ).length;
  return { member, other };
}

function joined(a: IndexSet, b: IndexSet): IndexSet {
  const all = new Int32Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
