import { rowGroup } from "./unit-rows.ts";

/** Rows that are compared with each other while both blocks are in the fastest caches. */
const block = 32;

/**
 * Calls `visit(a, b, cosine)` once for each pair of rows a < b.
 *
 * Each cosine is one float64 sum over the features from first to last, so it is the same number wherever the two rows
 * stand. It costs rows² / 2 x width multiplications and no memory beside the rows: block by block, and within a block
 * two rows against four, so that each number loaded is used several times.
 *
 * @param units - Rows of length one by `unitRows`, filled up to a multiple of {@link rowGroup}.
 */
export function forEachCosine(
  units: Float64Array,
  { rows, width }: { readonly rows: number; readonly width: number },
  visit: (a: number, b: number, cosine: number) => void,
): void {
  const products = new Float64Array(2 * rowGroup);
  const padded = units.length / width;
  for (let startA = 0; startA < rows; startA += block) {
    for (let startB = startA; startB < rows; startB += block) {
      const endA = Math.min(startA + block, padded);
      const endB = Math.min(startB + block, padded);
      for (let a = startA; a < endA; a += 2) {
        for (let b = startB; b < endB; b += rowGroup) {
          if (b + rowGroup - 1 <= a) continue;
          twoAgainstFour(units, { a: a * width, b: b * width, width }, products);
          for (let p = 0; p < 2 * rowGroup; p++) {
            const left = a + (p >> 2);
            const right = b + (p & 3);
            if (left < right && right < rows) visit(left, right, products[p] as number);
          }
        }
      }
    }
  }
}

/** Inner products of the rows from offset `a` and the next with the four rows from offset `b`. */
function twoAgainstFour(
  units: Float64Array,
  { a, b, width }: { readonly a: number; readonly b: number; readonly width: number },
  products: Float64Array,
): void {
  const [a1, b1, b2, b3] = [a + width, b + width, b + 2 * width, b + 3 * width];
  let [s00, s01, s02, s03, s10, s11, s12, s13] = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < width; k++) {
    const x0 = units[a + k] as number;
    const x1 = units[a1 + k] as number;
    const y0 = units[b + k] as number;
    const y1 = units[b1 + k] as number;
    const y2 = units[b2 + k] as number;
    const y3 = units[b3 + k] as number;
    s00 += x0 * y0;
    s01 += x0 * y1;
    s02 += x0 * y2;
    s03 += x0 * y3;
    s10 += x1 * y0;
    s11 += x1 * y1;
    s12 += x1 * y2;
    s13 += x1 * y3;
  }
  products[0] = s00;
  products[1] = s01;
  products[2] = s02;
  products[3] = s03;
  products[4] = s10;
  products[5] = s11;
  products[6] = s12;
  products[7] = s13;
}
