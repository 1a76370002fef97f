import type { Rng } from "./rng.ts";

/** A stream without draws, for whoever needs the shapes of initial weights only: millions of draws take seconds. */
export const stillRng: Rng = {
  key: "still",
  split: () => stillRng,
  uniform: () => 0.5,
  integer: () => 0,
  normal: () => 0,
  normals: (length) => new Float32Array(length),
  permutation: (length) => Int32Array.from({ length }, (_, i) => i),
  choice: (values, count) => values.slice(0, count),
};
