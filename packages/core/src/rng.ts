import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { randomNormal } from "d3-random";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";

import { LtuError } from "./errors.ts";

/**
 * A stream of random numbers with a name. Streams are derived, never shared: `rng.split("augment")` gives the
 * same stream wherever and whenever it is asked for, whatever else was drawn from `rng` meanwhile. So a loop
 * that takes `rng.split(`epoch/${e}`)` can resume at any epoch without saving generator state.
 */
export interface Rng {
  /** The path of labels from the root seed, such as `"7/train/epoch/3"`; enough to make the stream again. */
  readonly key: string;
  /** An independent stream derived from this one's key and a label. Draws nothing from this stream. */
  split(label: string | number): Rng;
  /** A number in [0, 1) with 53 random bits. */
  uniform(): number;
  /** A whole number in [0, bound), without modulo bias; `bound` is in [1, 2^31). */
  integer(bound: number): number;
  /** A draw of the normal distribution with mean 0 and standard deviation 1. */
  normal(): number;
  /** `length` draws of {@link Rng.normal}, times `scale` (default 1). */
  normals(length: number, scale?: number): Float32Array;
  /** The numbers 0 to `length` - 1 in random order (Fisher-Yates). */
  permutation(length: number): Int32Array;
  /** `count` different elements of `values` in random order, each subset equally likely. O(count) beside a copy. */
  choice(values: Int32Array, count: number): Int32Array;
}

/**
 * Makes the root stream of a run from its seed: xoroshiro128+ whose state is the first 128 bits of
 * SHA-256(key), so that no two labels give overlapping streams in practice.
 *
 * @param seed - A whole number of at least 0; it becomes the first part of every derived key.
 * @returns The root stream. Nothing to dispose.
 * @throws LtuError `OPTION` when the seed is not a whole number of at least 0.
 *
 * Source: generator by David Blackman and Sebastiano Vigna, as in the library pure-rand.
 *
 * @example
 * ```ts
 * import { createRng } from "@ltu/core";
 *
 * const rng = createRng(7);
 * const again = createRng(7);
 * rng.uniform();
 * console.log(rng.split("train").integer(1000) === again.split("train").integer(1000)); // → true
 * ```
 */
export function createRng(seed: number): Rng {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new LtuError(
      "OPTION",
      `createRng: the seed must be a whole number of at least 0, found ${seed}; give another seed.`,
    );
  }
  return streamOf(String(seed));
}

/** Makes the stream with a known key, for instance one written in a manifest. */
export function streamOf(key: string): Rng {
  const digest = sha256(utf8ToBytes(key));
  const view = new DataView(digest.buffer, digest.byteOffset, digest.byteLength);
  const state = [0, 4, 8, 12].map((offset) => view.getInt32(offset));
  const generator = xoroshiro128plusFromState(state);
  const uniform = (): number => {
    const high = uniformInt(generator, 0, 0x3ffffff);
    const low = uniformInt(generator, 0, 0x7ffffff);
    return (high * 0x8000000 + low) / 0x20000000000000;
  };
  const normal = randomNormal.source(uniform)(0, 1);
  const integer = (bound: number): number => uniformInt(generator, 0, bound - 1);
  return {
    key,
    split: (label) => streamOf(`${key}/${label}`),
    uniform,
    integer,
    normal,
    normals: (length, scale = 1) => Float32Array.from({ length }, () => normal() * scale),
    permutation: (length) =>
      shuffled(
        Int32Array.from({ length }, (_, i) => i),
        length,
        integer,
      ),
    choice: (values, count) => {
      if (!Number.isInteger(count) || count < 0 || count > values.length) {
        throw new LtuError(
          "OPTION",
          `rng.choice: count must be a whole number from 0 to ${values.length}, found ${count}; ask for fewer elements.`,
        );
      }
      return shuffled(values.slice(), count, integer).slice(0, count);
    },
  };
}

/** Brings a uniformly random selection to the first `count` places of `values`, in place. */
function shuffled(values: Int32Array, count: number, integer: (bound: number) => number): Int32Array {
  for (let i = 0; i < count; i++) {
    const j = i + integer(values.length - i);
    const kept = values[i] as number;
    values[i] = values[j] as number;
    values[j] = kept;
  }
  return values;
}
