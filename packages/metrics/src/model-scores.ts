import { checkNumbers, checkWhole } from "./check-numbers.ts";

/** One number for each model and sample: `values` is `[models, samples]` row-major. */
export interface ModelScores {
  readonly values: ArrayLike<number>;
  readonly models: number;
  readonly samples: number;
}

/**
 * Checks sizes and that all is finite.
 *
 * @throws RangeError that begins with `where`.
 */
export function checkModelScores(
  where: string,
  name: string,
  { values, models, samples }: ModelScores,
): void {
  checkWhole(where, `${name}.models`, models, 1);
  checkWhole(where, `${name}.samples`, samples, 1);
  if (values.length !== models * samples) {
    throw new RangeError(
      `${where}: expected ${models} x ${samples} numbers in ${name}, found ${values.length}; give one row a model.`,
    );
  }
  checkNumbers(where, name, values);
}

/** Refuses two groups of models that were not asked about the same samples. */
export function checkSameSamples(where: string, first: ModelScores, second: ModelScores): void {
  if (first.samples !== second.samples) {
    throw new RangeError(
      `${where}: both groups of models need the same samples, found ${first.samples} and ${second.samples}; measure both on one set.`,
    );
  }
}

/** The numbers of one sample under all models. */
export function acrossModels({ values, models, samples }: ModelScores, sample: number): Float64Array {
  return Float64Array.from({ length: models }, (_, model) => values[model * samples + sample] as number);
}

/** The rows of the models from `from` up to `to`. */
export function someModels({ values, samples }: ModelScores, from: number, to: number): ModelScores {
  return {
    values: Float64Array.from(
      { length: (to - from) * samples },
      (_, i) => values[from * samples + i] as number,
    ),
    models: to - from,
    samples,
  };
}
