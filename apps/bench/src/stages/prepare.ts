import { createRng, type IndexSet, type Rng } from "@ltu/core";
import { cutSplits, type Splits } from "@ltu/datasets";
import type { Json, Stage } from "@ltu/runner";

import { chooseForgetSet, type ForgetGround } from "../forget/choose-forget-set.ts";
import { isNamed, type NamedForget } from "../forget/forget-config.ts";
import type { RunContext } from "../run-context.ts";
import { byClass } from "../run-data.ts";
import { cutOptions, decodeCut } from "./cut-sets.ts";
import { decodeJson, encodeJson } from "./json-artefact.ts";

/** Every set but the accessible one, which has a stage of its own. */
export type PreparedSplits = Omit<Splits, "accessibleRetain"> & {
  /** Of a stream of requests the last: what is to be forgotten now. `forgetSet` is all that was asked so far. */
  readonly request?: IndexSet | undefined;
};

/** What a stage that chooses a forget set builds on. */
export interface PrepareRequest {
  readonly cut: Stage;
  /** Measures what the rule asks for, and how that is read; for rules that ask. */
  readonly measured?:
    | {
        readonly stage: Stage;
        readonly read: (bytes: Uint8Array) => Pick<ForgetGround, "features" | "scores">;
      }
    | undefined;
  /** In place of the experiment's: a part of a stream, or the set that a worst case begins with. */
  readonly forget?: RunContext["experiment"]["forget"];
}

/**
 * Chooses the forget set out of the training set; what is left is the retain set. The accessible share of that has a stage
 * of its own, so another share leaves the retrained models as they are.
 */
export function prepareStage(
  context: RunContext,
  { cut, measured, forget = context.experiment.forget }: PrepareRequest,
): Stage {
  const { splitSeed, data } = context;
  return {
    name: "choose the forget set",
    inputs: { forget: JSON.parse(JSON.stringify(forget)) as Json, splitSeed },
    dependsOn: [cut, ...(measured === undefined ? [] : [measured.stage])],
    run: async ({ artefact }) => {
      const sets = decodeCut(await artefact(cut));
      const ground = {
        data,
        rng: forgetStream(splitSeed, forget),
        ...measured?.read(await artefact(measured.stage)),
      };
      const chosen = isNamed(forget)
        ? chooseForgetSet(sets.trainSet, forget, ground)
        : { forgetSet: drawn(context, forget) };
      const splits: PreparedSplits = {
        ...sets,
        ...chosen,
        retainSet: without(sets.trainSet, chosen.forgetSet),
      };
      return encodeSplits(splits);
    },
  };
}

/** The stream that a rule draws from. */
export function forgetStream(splitSeed: number, forget: RunContext["experiment"]["forget"]): Rng {
  return createRng(splitSeed)
    .split("forget-set")
    .split(isNamed(forget) ? forget.kind : "random");
}

/** A uniform forget set, as `cutSplits` draws it. */
function drawn(
  context: RunContext,
  forget: Exclude<RunContext["experiment"]["forget"], NamedForget>,
): IndexSet {
  const size = "share" in forget ? forget.share : forget.count;
  return cutSplits(byClass(context.data), { ...cutOptions(context), forget: size }).forgetSet;
}

/** The positions of `all` that are not in `some`, in their order. */
export function without(all: IndexSet, some: IndexSet): IndexSet {
  const left = new Set(some);
  return all.filter((index) => !left.has(index));
}

/** All sets as bytes. */
export function encodeSplits(splits: PreparedSplits): Uint8Array {
  return encodeJson(Object.fromEntries(entriesOf(splits).map(([name, set]) => [name, Array.from(set)])));
}

/** Images by set, under the names of results: `train`, `forget` and so on. */
export function countSets(
  splits: PreparedSplits & Pick<Splits, "accessibleRetain">,
): Record<"train" | "val" | "test" | "forget" | "retain" | "accessibleRetain", number> {
  return Object.fromEntries(
    entriesOf(splits).map(([name, set]) => [name.replace(/Set$/, ""), set.length]),
  ) as ReturnType<typeof countSets>;
}

function entriesOf(splits: PreparedSplits): [string, IndexSet][] {
  return Object.entries(splits).flatMap(([name, set]) => (set === undefined ? [] : [[name, set]]));
}

/** The sets that {@link prepareStage} cut. */
export function decodeSplits(bytes: Uint8Array): PreparedSplits {
  const lists = decodeJson<Record<keyof PreparedSplits, number[]>>(bytes);
  return Object.fromEntries(
    Object.entries(lists).map(([name, list]) => [name, Int32Array.from(list)]),
  ) as unknown as PreparedSplits;
}
