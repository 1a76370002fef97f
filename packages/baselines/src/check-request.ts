import {
  LtuError,
  type IndexSet,
  type RetainAccess,
  type UnlearnerNeeds,
  type UnlearnRequest,
} from "@ltu/core";
import { checkFiniteWeights, checkModelAndData } from "@ltu/train";

/** The index sets that a method may read, each present where its needs say so and empty elsewhere. */
export interface RequestedSets {
  readonly forgetSet: IndexSet;
  /** All of D_r or its accessible share, as the method's needs say. */
  readonly retained: IndexSet;
}

/**
 * Checks a request against what a method needs, before any image is read, and hands out only those sets.
 *
 * @throws LtuError `DATA` for a needed set that is missing or empty, for an empty forget set, for a sample that
 *   is both to forget and to retain, and for original weights that are not finite; `SHAPE` when model and data differ.
 */
export async function checkRequest(
  method: string,
  needs: UnlearnerNeeds,
  request: UnlearnRequest,
): Promise<RequestedSets> {
  const sets = setsOf(method, needs, request);
  await checkFiniteWeights(method, request.original);
  return sets;
}

function setsOf(method: string, needs: UnlearnerNeeds, request: UnlearnRequest): RequestedSets {
  checkModelAndData(method, request.model, request.batches);
  const wrong = (expected: string, found: string, remedy: string): LtuError =>
    new LtuError("DATA", `${method}: expected ${expected}, found ${found}; ${remedy}.`);
  const { forgetSet } = request;
  if (forgetSet.length === 0) {
    throw wrong(
      "a forget set of at least one sample",
      "an empty one",
      "without a request there is nothing to do",
    );
  }
  if (needs.val && !request.valSet?.length) {
    throw wrong("valSet in the request", request.valSet === undefined ? "none" : "an empty one", "give it");
  }
  if (needs.retain === "none") return { forgetSet, retained: new Int32Array(0) };
  const name = needs.retain === "full" ? "retainSet" : "accessibleRetain";
  const retained = request[name];
  if (retained === undefined || retained.length === 0) {
    const found = retained === undefined ? "none" : "an empty one";
    throw wrong(`${name} in the request`, found, "give it, or choose another retainAccess");
  }
  const toForget = new Set(forgetSet);
  const both = retained.find((index) => toForget.has(index));
  if (both !== undefined) {
    throw wrong("disjoint sets to forget and to retain", `sample ${both} in both`, "cut both from one split");
  }
  return { forgetSet, retained };
}

/** The retained data of a method as its option says. */
export function checkRetainAccess(method: string, retainAccess: RetainAccess): RetainAccess {
  if (retainAccess !== "full" && retainAccess !== "rho") {
    throw new LtuError(
      "OPTION",
      `${method}: expected retainAccess to be "full" or "rho", found ${JSON.stringify(retainAccess)}; correct the option.`,
    );
  }
  return retainAccess;
}
