import type { GoldenTensor } from "./schema.ts";

/** How to compare: |got - expected| <= abs + rel * |expected|. */
export interface Comparison {
  readonly abs: number;
  readonly rel: number;
}

const specials: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};

/** The numbers of a golden value, row-major: of a tensor, a nested list, or one number. */
export function decodeTensor(value: unknown): { shape: number[]; data: number[] } {
  const isTensor = typeof value === "object" && value !== null && "data" in value;
  const nested = isTensor ? (value as GoldenTensor).data : value;
  const data = (Array.isArray(nested) ? (nested as unknown[]).flat(16) : [nested]).map((entry) =>
    typeof entry === "string" ? (specials[entry] as number) : Number(entry),
  );
  const shape =
    isTensor && (value as GoldenTensor).shape !== null
      ? [...((value as GoldenTensor).shape as number[])]
      : [data.length];
  return { shape, data };
}

/**
 * Compares numbers with a golden value and returns one sentence for the worst difference, or none.
 * An expected "NaN" means "do not compare".
 */
export function compareGolden(
  field: string,
  got: ArrayLike<number> | number,
  expected: unknown,
  { abs, rel }: Comparison,
): string[] {
  const wanted = decodeTensor(expected).data;
  const found = typeof got === "number" ? [got] : Array.from(got);
  if (found.length !== wanted.length)
    return [`${field}: expected ${wanted.length} numbers, found ${found.length}`];
  let worst = "";
  let worstExcess = 0;
  wanted.forEach((want, i) => {
    if (Number.isNaN(want)) return;
    const have = found[i] as number;
    if (have === want) return;
    const excess = Math.abs(have - want) / (abs + rel * Math.abs(want));
    if (!(excess <= 1) && !(excess <= worstExcess)) {
      worstExcess = Number.isNaN(excess) ? Number.POSITIVE_INFINITY : excess;
      worst = `${field}[${i}]: expected ${want}, found ${have} (${worstExcess.toPrecision(3)} times the tolerance)`;
    }
  });
  return worst === "" ? [] : [worst];
}
