import { createRng, type Rng } from "@ltu/core";

/**
 * Draws that cost next to nothing, for tests of networks with millions of parameters: one block of normal numbers,
 * repeated from a place that depends on the stream's key.
 */
export function quickRng(key = "quick"): Rng {
  return {
    ...createRng(1),
    key,
    split: (label) => quickRng(`${key}/${label}`),
    normals: (length, scale = 1) => {
      const start = Array.from(key).reduce(
        (sum, letter) => (sum * 31 + letter.charCodeAt(0)) % block.length,
        7,
      );
      return Float32Array.from({ length }, (_, i) => (block[(start + i) % block.length] as number) * scale);
    },
  };
}

const block = createRng(1).normals(9973);
