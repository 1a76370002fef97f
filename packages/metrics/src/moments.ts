/**
 * Mean and standard deviation (n - 1 in its denominator) of finite numbers, without overflow on the way: all is
 * computed on values divided by a power of two near the largest, which rounds nothing.
 */
export function moments(values: ArrayLike<number>): { readonly mean: number; readonly sd: number } {
  const n = values.length;
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(values[i] as number));
  if (largest === 0) return { mean: 0, sd: 0 };
  const scale = 2 ** Math.min(1023, Math.floor(Math.log2(largest)));
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (values[i] as number) / scale;
  const mean = sum / n;
  // Equal values have a spread of zero, whatever rounding made of their mean.
  let equal = true;
  let squares = 0;
  for (let i = 0; i < n; i++) {
    equal &&= values[i] === values[0];
    squares += ((values[i] as number) / scale - mean) ** 2;
  }
  if (equal) return { mean: values[0] as number, sd: 0 };
  return { mean: mean * scale, sd: Math.sqrt(squares / (n - 1)) * scale };
}
