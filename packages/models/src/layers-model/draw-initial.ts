import type { Rng } from "@ltu/core";

/** An initializer of TensorFlow.js as it stands in a layer's configuration. */
export interface InitializerConfig {
  readonly className: string;
  readonly config: Readonly<Record<string, unknown>>;
}

type Draw = (length: number) => Float32Array;

/**
 * Draws a weight by an initializer of TensorFlow.js, but from a stream with a name, so that the same stream gives the
 * same numbers on every engine. Seeds in the configuration are not used.
 *
 * @param shape - Of the weight: `[in, out]`, or `[..., in, out]` for a convolution's kernel.
 * @returns The numbers, or `undefined` for an initializer that is not known here.
 *
 * Source: `tfjs-layers/src/initializers.ts` 4.22.0; a normal with variance scaling is cut at two deviations, and its
 * deviation is not corrected for that, as there.
 */
export function drawInitial(
  { className, config }: InitializerConfig,
  shape: readonly number[],
  rng: Rng,
): Float32Array | undefined {
  const length = shape.reduce((product, size) => product * size, 1);
  const value = (name: string, fallback: number): number =>
    typeof config[name] === "number" ? config[name] : fallback;
  const draws: Readonly<Record<string, Draw>> = {
    Zeros: constant(0),
    Ones: constant(1),
    Constant: constant(value("value", 0)),
    RandomUniform: uniform(value("minval", -0.05), value("maxval", 0.05), rng),
    RandomNormal: (count) => rng.normals(count, value("stddev", 0.05)).map((draw) => draw + value("mean", 0)),
    TruncatedNormal: truncated(value("mean", 0), value("stddev", 0.05), rng),
    VarianceScaling: varianceScaling(config, shape, rng),
    Identity: (count) =>
      Float32Array.from({ length: count }, (_, i) =>
        i % ((shape[1] ?? 0) + 1) === 0 ? value("gain", 1) : 0,
      ),
    Orthogonal: (count) => orthogonal(count, shape.at(-1) as number, value("gain", 1), rng),
  };
  return draws[className]?.(length);
}

const constant =
  (value: number): Draw =>
  (length) =>
    new Float32Array(length).fill(value);

const uniform =
  (low: number, high: number, rng: Rng): Draw =>
  (length) =>
    Float32Array.from({ length }, () => low + (high - low) * rng.uniform());

/** A normal whose draws beyond two deviations are drawn again. */
const truncated =
  (mean: number, deviation: number, rng: Rng): Draw =>
  (length) =>
    Float32Array.from({ length }, () => {
      let draw = rng.normal();
      while (Math.abs(draw) > 2) draw = rng.normal();
      return mean + deviation * draw;
    });

function varianceScaling(
  { scale = 1, mode = "fanIn", distribution = "normal" }: Readonly<Record<string, unknown>>,
  shape: readonly number[],
  rng: Rng,
): Draw {
  const { fanIn, fanOut } = fans(shape);
  const fan = mode === "fanIn" ? fanIn : mode === "fanOut" ? fanOut : (fanIn + fanOut) / 2;
  const variance = (scale as number) / Math.max(1, fan);
  if (distribution === "normal") return truncated(0, Math.sqrt(variance), rng);
  const limit = Math.sqrt(3 * variance);
  return uniform(-limit, limit, rng);
}

/** Inputs and outputs of one unit: the last two axes, times the places of a kernel. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const product = (sizes: readonly number[]): number => sizes.reduce((total, size) => total * size, 1);
  if (shape.length < 2) {
    const root = Math.sqrt(product(shape));
    return { fanIn: root, fanOut: root };
  }
  const places = product(shape.slice(0, -2));
  return { fanIn: places * (shape.at(-2) as number), fanOut: places * (shape.at(-1) as number) };
}

/** Normal draws made orthonormal along the shorter side by Gram and Schmidt, in float64. */
function orthogonal(length: number, columns: number, gain: number, rng: Rng): Float32Array {
  const rows = length / columns;
  const [count, size] = [Math.min(rows, columns), Math.max(rows, columns)];
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const vector = Float64Array.from(rng.normals(size));
    // Twice, because once leaves rounding errors of the size of what was taken away.
    for (const other of [...basis, ...basis]) {
      const overlap = vector.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
      vector.forEach((value, i) => (vector[i] = value - overlap * (other[i] as number)));
    }
    const norm = Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
    basis.push(vector.map((value) => value / norm));
  }
  const entry = (row: number, column: number): number =>
    (rows >= columns ? basis[column]?.[row] : basis[row]?.[column]) as number;
  return Float32Array.from({ length }, (_, i) => gain * entry(Math.floor(i / columns), i % columns));
}
