/**
 * Refuses what no formula can use: an empty list, or a number that is not finite.
 *
 * @throws RangeError that begins with `where`.
 */
export function checkNumbers(where: string, name: string, values: ArrayLike<number>): void {
  if (values.length === 0) {
    throw new RangeError(
      `${where}: expected at least one number in ${name}, found none; give a non-empty set.`,
    );
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) {
      throw new RangeError(
        `${where}: ${name} must be finite, found ${values[i]} at ${i}; check the model's outputs.`,
      );
    }
  }
}

/** Nearer to 1, what is left of a confidence has no digits in float64. */
const largestConfidence = 1 - 1e-12;

/** Refuses a confidence that is none: above 0 and below 1 is asked for. */
export function checkConfidence(where: string, confidence: number): void {
  if (!(confidence > 0 && confidence <= largestConfidence)) {
    throw new RangeError(
      `${where}: confidence must be above 0 and at most 1 - 1e-12, found ${confidence}; the usual value is 0.95.`,
    );
  }
}

/** Refuses what is not a whole number of at least `least`. */
export function checkWhole(where: string, name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(
      `${where}: ${name} must be a whole number of at least ${least}, found ${value}; correct it.`,
    );
  }
}

/** Refuses what is no percentage. */
export function checkPercent(where: string, name: string, value: number): void {
  if (!(value >= 0 && value <= 100)) {
    throw new RangeError(
      `${where}: ${name} must be a percentage from 0 to 100, found ${value}; multiply shares by 100.`,
    );
  }
}
