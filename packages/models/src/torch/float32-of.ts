import { LtuError, type StoredTensor } from "@ltu/core";

/**
 * The numbers of a stored tensor as float32: those of `F32` as they are, those of `F16` and `BF16` converted, which
 * loses nothing.
 *
 * @throws LtuError `DATA` for any other type.
 */
export function float32Of(name: string, { dtype, data }: StoredTensor): Float32Array {
  if (dtype === "F32") return data as Float32Array;
  if (dtype === "BF16") {
    // The upper half of a float32.
    return new Float32Array(Uint32Array.from(data as Uint16Array, (bits) => bits << 16).buffer);
  }
  if (dtype === "F16") return Float32Array.from(data as Uint16Array, halfToNumber);
  throw new LtuError(
    "DATA",
    `fromTorch: "${name}" must be of type F32, F16 or BF16, found ${dtype}; save the model after .float().`,
  );
}

/** IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
