/** Features with mean 0 and standard deviation 1 over the fitting rows, and a leading 1: the rows of a linear model. */
export interface Standardiser {
  /** Numbers in a row of the design, features and the leading 1. */
  readonly width: number;
  /** `[rows, width]` row-major. */
  design(features: ArrayLike<number>): Float64Array;
}

/**
 * Learns from fitting features how to bring features to one scale. A feature that does not vary becomes 0.
 *
 * @param features - `[rows, width]` row-major.
 */
export function standardise(features: ArrayLike<number>, width: number): Standardiser {
  const rows = features.length / width;
  const means = new Float64Array(width);
  const spreads = new Float64Array(width);
  for (let c = 0; c < width; c++) {
    let [sum, squares] = [0, 0];
    for (let i = 0; i < rows; i++) sum += (features[i * width + c] as number) / rows;
    for (let i = 0; i < rows; i++) squares += ((features[i * width + c] as number) - sum) ** 2 / rows;
    means[c] = sum;
    spreads[c] = Math.sqrt(squares);
  }
  return {
    width: width + 1,
    design: (values) => {
      const count = values.length / width;
      const design = new Float64Array(count * (width + 1));
      for (let i = 0; i < count; i++) {
        design[i * (width + 1)] = 1;
        for (let c = 0; c < width; c++) {
          const spread = spreads[c] as number;
          const centred = (values[i * width + c] as number) - (means[c] as number);
          design[i * (width + 1) + c + 1] = spread > 0 ? centred / spread : 0;
        }
      }
      return design;
    },
  };
}

/** The linear predictor of each row of a design. */
export function linearPredictor(design: Float64Array, coefficients: ArrayLike<number>): Float64Array {
  const width = coefficients.length;
  const values = new Float64Array(design.length / width);
  for (let i = 0; i < values.length; i++) {
    let total = 0;
    for (let c = 0; c < width; c++) total += (design[i * width + c] as number) * (coefficients[c] as number);
    values[i] = total;
  }
  return values;
}
