/**
 * A long series as at most `points` pairs of position and value: each the mean of a stretch of steps, so that a
 * figure of a long run stays small and shows the course and not the noise.
 *
 * @param values - One number a step.
 * @param options.points - 200 by default.
 * @returns Position (the middle of the stretch, counted from 1) and mean. A short series comes back as it is.
 */
export function thinSeries(
  values: readonly number[],
  { points = 200 }: { readonly points?: number } = {},
): { readonly step: number; readonly value: number }[] {
  const stretch = Math.ceil(values.length / points);
  const starts = Array.from(
    { length: Math.ceil(values.length / Math.max(1, stretch)) },
    (_, i) => i * stretch,
  );
  return starts.map((start) => {
    const part = values.slice(start, start + stretch);
    return {
      step: start + (part.length + 1) / 2,
      value: part.reduce((sum, value) => sum + value, 0) / part.length,
    };
  });
}

/** Mean over the last `width` values at each place: the share of a flag that is 0 or 1, seen over time. */
export function movingMean(values: readonly number[], width: number): number[] {
  let sum = 0;
  return values.map((value, i) => {
    sum += value - (i >= width ? (values[i - width] as number) : 0);
    return sum / Math.min(i + 1, width);
  });
}
