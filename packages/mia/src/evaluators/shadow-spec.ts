import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

import type { IndexSet } from "@ltu/core";

import type { ShadowKind } from "./shadow-models.ts";

/** One shadow model to make, as plain data. */
export interface ShadowSpec {
  /** Such as `"original/3"`, or `"unlearned/3/0"`. */
  readonly id: string;
  readonly kind: ShadowKind;
  /** Ascending. For an unlearned shadow: the training set of the original it comes from. */
  readonly trainedOn: IndexSet;
  /** Ascending; empty for models that are trained only. */
  readonly forgotten: IndexSet;
  /** The `id` of the original that is unlearned. */
  readonly from?: string;
  readonly method?: string;
  readonly seed: number;
  /**
   * What tells this model from the plan's others. Add data hash and recipe, and it is a content key: equal parts are the
   * same model, so that originals are shared between methods and attacks and unlearned models are not.
   */
  readonly keyParts: Readonly<Record<"forgotten" | "kind" | "method" | "trainedOn", string | null>> & {
    readonly seed: number;
  };
}

type SpecRequest = Omit<ShadowSpec, "forgotten" | "keyParts"> & { readonly forgotten?: IndexSet };

/** A shadow model with its sets in order and its key. */
export function shadowSpec({ forgotten = new Int32Array(0), ...request }: SpecRequest): ShadowSpec {
  const { kind, method = null, seed } = request;
  const [trained, gone] = [request.trainedOn.slice().sort(), forgotten.slice().sort()];
  return {
    ...request,
    trainedOn: trained,
    forgotten: gone,
    keyParts: {
      kind,
      method,
      trainedOn: digest(trained),
      forgotten: gone.length === 0 ? null : digest(gone),
      seed,
    },
  };
}

function digest(indexes: IndexSet): string {
  return bytesToHex(sha256(utf8ToBytes(indexes.join(","))));
}
