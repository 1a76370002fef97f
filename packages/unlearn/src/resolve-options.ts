import { LtuError } from "@ltu/core";
import { harmonizeModes, scopes } from "@ltu/harmonize";
import { samplers } from "@ltu/samplers";
import { createSchedule } from "@ltu/train";

import type { EarlyStop } from "./early-stop.ts";
import { optionSets, type LtuOptions, type OptionSetName } from "./option-sets.ts";
import { scheduleOf } from "./schedule.ts";

/** What an option must be: a test, and its words. */
type Rule = readonly [isRight: (value: unknown) => boolean, words: string];

const number = (isRight: (value: number) => boolean, words: string): Rule => [
  (value) => typeof value === "number" && Number.isFinite(value) && isRight(value),
  words,
];
const count: Rule = number((value) => Number.isInteger(value) && value >= 1, "a whole number of at least 1");
const notNegative: Rule = number((value) => value >= 0, "a number of at least 0");
const positive: Rule = number((value) => value > 0, "a number above 0");
const flag: Rule = [(value) => typeof value === "boolean", "true or false"];
const oneOf = (choices: readonly unknown[]): Rule => [
  (value) => choices.includes(value),
  `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
];

const orNull = ([isRight, words]: Rule): Rule => [
  (value) => value === null || isRight(value),
  `null or ${words}`,
];
const earlyStopRule: Rule = [
  (value) => {
    const { tolerance, steps, ...others } = (value ?? {}) as Partial<EarlyStop>;
    return notNegative[0](tolerance) && count[0](steps) && Object.keys(others).length === 0;
  },
  "a tolerance of at least 0 and a whole number of steps of at least 1",
];
/** The schedules whose first rate is `outerLr`; their own options are checked by `@ltu/train`. */
const scheduleRule: Rule = [
  (value) => {
    const { name } = (value ?? {}) as { name?: unknown };
    const isOurs = ["constant", "cosine", "step-decay"].includes(name as string);
    return isOurs && !["lr", "momentum"].some((key) => Object.hasOwn(value as object, key));
  },
  'the "name" constant, cosine or step-decay with its options; outerLr and momentum are options of their own',
];

const rules: Readonly<Record<keyof LtuOptions, Rule>> = {
  epochs: orNull(count),
  forgetPasses: orNull(count),
  earlyStop: orNull(earlyStopRule),
  batchSize: count,
  queryBatch: count,
  samplers: [
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => Object.hasOwn(samplers, name as string)),
    `a list of at least one of ${Object.keys(samplers).join(", ")}`,
  ],
  lossRefreshEpochs: count,
  fusedQueries: flag,
  augment: flag,
  order: oneOf(["first", "second"]),
  innerLr: notNegative,
  innerSteps: count,
  testWeight: notNegative,
  outerLr: positive,
  schedule: scheduleRule,
  momentum: number((value) => value >= 0 && value < 1, "a number in [0, 1)"),
  weightDecay: notNegative,
  gradientClip: orNull(positive),
  mode: oneOf(harmonizeModes),
  scope: oneOf(scopes),
  forgetWeight: notNegative,
  forgetNormCap: orNull(positive),
  forgetLoss: oneOf(["attacks", "negativeCrossEntropy"]),
  attackQuery: oneOf(["others", "support", "none"]),
  augmentAudit: flag,
  miRefreshEpochs: number((value) => Number.isInteger(value) && value >= 0, "a whole number of at least 0"),
  forgetTarget: oneOf(["nonMember", "quantile"]),
  matchClasses: oneOf([true, false, "auto"]),
  miFloor: flag,
  attackBatchNorm: oneOf(["eval", "batch"]),
  batchStatistics: oneOf(["own", "joint", "auto"]),
  attackScale: oneOf(["none", "nonMemberSpread"]),
  anchorWeight: notNegative,
  supportGate: oneOf([true, false, "byRank"]),
  excludeTrueLabel: flag,
};

/**
 * The full options: a named set with overrides.
 *
 * @throws LtuError `OPTION` for an unknown set or option, a value out of range, or options that contradict.
 */
export function resolveOptions(optionSet: OptionSetName, overrides: Partial<LtuOptions>): LtuOptions {
  if (!Object.hasOwn(optionSets, optionSet)) {
    throw wrong(
      `optionSet must be one of ${Object.keys(optionSets).join(", ")}`,
      optionSet,
      "choose one of them",
    );
  }
  const given = Object.fromEntries(Object.entries(overrides).filter(([, value]) => value !== undefined));
  for (const [name, value] of Object.entries(given)) {
    const rule = Object.hasOwn(rules, name) ? rules[name as keyof LtuOptions] : undefined;
    if (rule === undefined) {
      throw wrong(`options are ${Object.keys(rules).join(", ")}`, name, "correct its name");
    }
    if (!rule[0](value)) throw wrong(`${name} must be ${rule[1]}`, value, "correct the option");
  }
  // Naming one length of the run takes the other away.
  const { epochs, forgetPasses } = overrides;
  const length =
    typeof forgetPasses === "number" && epochs === undefined
      ? { epochs: null }
      : typeof epochs === "number" && forgetPasses === undefined
        ? { forgetPasses: null }
        : {};
  const options: LtuOptions = { ...optionSets[optionSet], ...given, ...length };
  if (options.epochs === null && options.forgetPasses === null) {
    throw wrong("a run lasts epochs or forgetPasses", [null, null], "give one of them a number");
  }
  if (options.earlyStop !== null && options.forgetWeight === 0) {
    throw wrong(
      "earlyStop asks the attacks of the forgetting branch",
      "forgetWeight 0",
      "set earlyStop to null",
    );
  }
  const { batchStatistics, fusedQueries } = options;
  if (batchStatistics !== "own" && !fusedQueries) {
    throw wrong(
      `batchStatistics "${batchStatistics}" is one batch for all query sets`,
      "fusedQueries false",
      'set fusedQueries to true or batchStatistics to "own"',
    );
  }
  createSchedule(scheduleOf(options));
  if (options.miFloor && options.forgetTarget !== "nonMember") {
    throw wrong('miFloor belongs to forgetTarget "nonMember"', options.forgetTarget, "set miFloor to false");
  }
  return options;
}

function wrong(expected: string, found: unknown, remedy: string): LtuError {
  return new LtuError("OPTION", `ltu: ${expected}, found ${JSON.stringify(found)}; ${remedy}.`);
}
