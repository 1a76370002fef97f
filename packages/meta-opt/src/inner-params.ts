import { clone, zerosLike } from "@tensorflow/tfjs-core";

import { LtuError, mapParams, type Params } from "@ltu/core";

/** Which parameters the inner step moves: a list of names, or a test of a name. */
export type InnerParams = readonly string[] | ((name: string) => boolean);

/**
 * The names that the inner step moves, all of them by default.
 *
 * Moving only the last layer is ANIL: the rest of the network is then learnt by the outer step alone, so that its
 * features must serve after a step of the head.
 *
 * @returns The names; with those left out the inner step stands still.
 * @throws LtuError `OPTION` for a name that the parameters lack, and where nothing is chosen.
 *
 * Source: Aniruddh Raghu, Maithra Raghu, Samy Bengio, Oriol Vinyals, "Rapid Learning or Feature Reuse? Towards
 * Understanding the Effectiveness of MAML", 2020: the ANIL algorithm.
 */
export function chosenNames(params: Params, innerParams: InnerParams | undefined): ReadonlySet<string> {
  const names = Object.keys(params);
  if (innerParams === undefined) return new Set(names);
  if (typeof innerParams !== "function") {
    const unknown = innerParams.find((name) => !names.includes(name));
    if (unknown !== undefined) throw wrong(`names out of ${names.join(", ")}`, `"${unknown}"`);
  }
  const chosen = typeof innerParams === "function" ? names.filter(innerParams) : innerParams;
  if (chosen.length === 0) throw wrong(`at least one of ${names.join(", ")}`, "none");
  return new Set(chosen);
}

/** The tree with zeros in place of whatever is not chosen. The caller disposes it. */
export function onlyChosen(params: Params, chosen: ReadonlySet<string>): Params {
  return mapParams(params, (tensor, name) => (chosen.has(name) ? clone(tensor) : zerosLike(tensor)));
}

function wrong(expected: string, found: string): LtuError {
  return new LtuError(
    "OPTION",
    `metaGradient: innerParams must choose ${expected}, found ${found}; correct the names or leave the option out.`,
  );
}
