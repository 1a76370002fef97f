import type { Rng } from "@ltu/core";

/** What a golden run draws, epoch by epoch. */
export interface Script {
  /** Random labels of the forget set. */
  readonly labels?: readonly (readonly number[])[] | undefined;
  /** The order of a shuffle of as many samples; every other shuffle keeps the stored order. */
  readonly orders?: readonly (readonly number[])[] | undefined;
}

/**
 * A stream that draws what a golden case lists, so that the method under proof runs as it is: `split("epoch/<e>")`
 * leads to the draws of epoch e, whole numbers are its labels one after the other, permutations its order.
 */
export function scriptedRng({ labels = [], orders = [] }: Script = {}, key = "golden", epoch = 0): Rng {
  const refuse = (): never => {
    throw new Error(`${key}: a golden run draws labels and orders only`);
  };
  let next = 0;
  return {
    key,
    split: (label) => {
      const [, found] = /^epoch\/(\d+)$/.exec(String(label)) ?? [];
      return scriptedRng({ labels, orders }, `${key}/${label}`, found === undefined ? epoch : Number(found));
    },
    integer: () => labels[epoch]?.[next++] ?? refuse(),
    permutation: (length) => {
      const order = orders[epoch];
      return Int32Array.from({ length }, (_, i) => (order?.length === length ? (order[i] as number) : i));
    },
    uniform: refuse,
    normal: refuse,
    normals: refuse,
    choice: refuse,
  };
}
