import { LtuError } from "@ltu/core";
import { harmonizeModes } from "@ltu/harmonize";
import { samplers } from "@ltu/samplers";

import { optionSets, type LtuOptions, type OptionSetName } from "./option-sets.ts";

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

const rules: Readonly<Record<keyof LtuOptions, Rule>> = {
  epochs: count,
  batchSize: count,
  queryBatch: count,
  samplers: [
    (value) =>
      Array.isArray(value) &&
      value.length > 0 &&
      value.every((name) => Object.hasOwn(samplers, name as string)),
    `a list of at least one of ${Object.keys(samplers).join(", ")}`,
  ],
  fusedQueries: flag,
  augment: flag,
  order: oneOf(["first", "second"]),
  innerLr: notNegative,
  testWeight: notNegative,
  outerLr: positive,
  momentum: number((value) => value >= 0 && value < 1, "a number in [0, 1)"),
  weightDecay: notNegative,
  mode: oneOf(harmonizeModes),
  forgetWeight: notNegative,
  forgetNormCap: [(value) => value === null || positive[0](value), "null or a number above 0"],
  forgetTarget: oneOf(["nonMember", "quantile"]),
  miFloor: flag,
  attackBatchNorm: oneOf(["eval", "batch"]),
  attackScale: oneOf(["none", "nonMemberSpread"]),
  anchorWeight: notNegative,
  supportGate: flag,
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
  const options = { ...optionSets[optionSet], ...given };
  if (options.miFloor && options.forgetTarget !== "nonMember") {
    throw wrong('miFloor belongs to forgetTarget "nonMember"', options.forgetTarget, "set miFloor to false");
  }
  return options;
}

function wrong(expected: string, found: unknown, remedy: string): LtuError {
  return new LtuError("OPTION", `ltu: ${expected}, found ${JSON.stringify(found)}; ${remedy}.`);
}
