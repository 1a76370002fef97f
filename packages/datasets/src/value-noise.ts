import type { Rng } from "@ltu/core";

/** Value noise with mean near 0: a 4x4 grid of random grays for each channel, enlarged bilinearly. */
export function valueNoise(
  rng: Rng,
  [height, width, channels]: readonly [number, number, number],
): Float64Array {
  const side = 4;
  const grays = Array.from({ length: side * side * channels }, () => (rng.uniform() - 0.5) * 0.8);
  // Around zero, so that no picture is bright or dark as a whole.
  const middle = grays.reduce((sum, gray) => sum + gray, 0) / grays.length;
  const grid = Float64Array.from(grays, (gray) => gray - middle);
  const values = new Float64Array(height * width * channels);
  const at = (row: number, column: number, channel: number): number =>
    grid[(row * side + column) * channels + channel] as number;
  for (let y = 0; y < height; y++) {
    const gridY = height === 1 ? 0 : (y * (side - 1)) / (height - 1);
    const top = Math.min(side - 2, Math.floor(gridY));
    for (let x = 0; x < width; x++) {
      const gridX = width === 1 ? 0 : (x * (side - 1)) / (width - 1);
      const left = Math.min(side - 2, Math.floor(gridX));
      const down = gridY - top;
      const right = gridX - left;
      for (let channel = 0; channel < channels; channel++) {
        const upper = at(top, left, channel) * (1 - right) + at(top, left + 1, channel) * right;
        const lower = at(top + 1, left, channel) * (1 - right) + at(top + 1, left + 1, channel) * right;
        values[(y * width + x) * channels + channel] = upper * (1 - down) + lower * down;
      }
    }
  }
  return values;
}

/** Nearly normal noise with standard deviation 0.1: the sum of three 10-bit uniform numbers of one draw. */
export function pixelNoise(rng: Rng): number {
  const bits = rng.integer(0x40000000);
  const sum = (bits & 1023) + ((bits >>> 10) & 1023) + (bits >>> 20);
  // Three uniform numbers on [-1/2, 1/2] have variance 3/12, so the sum is scaled by 0.2.
  return (sum / 1023 - 1.5) * 0.2;
}
