/** Numbers in [-0.5, 0.5), the same as `weyl` of `scripts/torch_vectors.py`. */
export function weyl(length: number, seed: number): Float32Array {
  const shift = Math.imul(seed, 1013904223);
  return Float32Array.from(
    { length },
    (_, i) => (((Math.imul(i + 1, 2654435761) + shift) >>> 0) >>> 8) / 2 ** 24 - 0.5,
  );
}
