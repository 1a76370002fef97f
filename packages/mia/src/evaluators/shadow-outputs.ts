import { LtuError, type IndexSet, type Predictions } from "@ltu/core";

import { phiFloat64 } from "../signals/phi.ts";
import { auditScores, type AuditScores } from "./audit-result.ts";
import type { ShadowSignals } from "./gaussian-sides.ts";
import type { ModelOrigin, ShadowModel, ShadowOutputs } from "./shadow-models.ts";

/** What a shadow model is for one sample: on the member side (1), on the other side (0), or of no use (-1). */
export type SideOf = (shadow: ShadowModel, seen: { trained: boolean; forgotten: boolean }) => 1 | 0 | -1;

/**
 * The shadow models that an attack may compare an audited model with: of its recipe, read with its evaluation transform,
 * and not the audited model itself.
 *
 * @throws LtuError `DATA` for a shadow of another recipe, method or transform, for the audited model among its shadows, and
 * for a shadow given twice; `SHAPE` when its outputs do not fit.
 */
export function checkShadows(
  name: string,
  { indexes, models }: ShadowOutputs,
  target: ModelOrigin,
  classes: number,
): void {
  const keys = new Set<string>();
  for (const { key, recipe, transform, outputs, kind, method } of models) {
    if (key === target.key) {
      throw refused(
        name,
        key,
        "none to be the audited model itself",
        "it",
        "an attack must not be judged on what it was fitted on: leave it out",
      );
    }
    if (keys.has(key)) throw refused(name, key, "each once", "it twice", "remove one");
    keys.add(key);
    if (recipe !== target.recipe) {
      throw refused(
        name,
        key,
        `the audited model's recipe "${target.recipe}"`,
        `"${recipe}"`,
        "train both alike",
      );
    }
    if (transform !== target.transform) {
      throw refused(
        name,
        key,
        `the audited model's evaluation transform "${target.transform}"`,
        `"${transform}"`,
        "read all outputs with one",
      );
    }
    if ((kind === "unlearned") !== (method !== undefined)) {
      throw refused(
        name,
        key,
        "a method for unlearned shadows and for no others",
        `kind ${kind} with method ${method}`,
        "correct it",
      );
    }
    if (outputs.labels.length !== indexes.length || outputs.classes !== classes) {
      throw new LtuError(
        "SHAPE",
        `${name}: shadow "${key}" needs outputs of ${indexes.length} samples in ${classes} classes, found ${outputs.labels.length} in ${outputs.classes}; predict shadows.indexes with each.`,
      );
    }
  }
}

function refused(name: string, key: string, expected: string, found: string, remedy: string): LtuError {
  return new LtuError(
    "DATA",
    `${name}: shadow models need ${expected}, found ${found} at "${key}"; ${remedy}.`,
  );
}

/** Where each sample stands in a table of shadow outputs; -1 where it is not there. */
export function shadowColumns({ indexes }: Pick<ShadowOutputs, "indexes">, samples: IndexSet): Int32Array {
  const places = new Map(Array.from(indexes, (index, place): [number, number] => [index, place]));
  return samples.map((index) => places.get(index) ?? -1);
}

/**
 * A signal of each shadow on each sample of the table, with the side that the shadow is on. Over the whole table: what is
 * pooled over samples must not depend on which of them are scored together.
 */
export function shadowSignals(
  { indexes, models }: ShadowOutputs,
  sideOf: SideOf,
  signal: (outputs: Predictions) => Float64Array = phiFloat64,
): ShadowSignals {
  const samples = indexes.length;
  const values = new Float64Array(models.length * samples);
  const sides = new Int8Array(values.length);
  const top = indexes.reduce((a, b) => Math.max(a, b), 0) + 1;
  models.forEach((shadow, m) => {
    values.set(signal(shadow.outputs), m * samples);
    const trained = membership(shadow.trainedOn, top);
    const forgotten = membership(shadow.forgotten, top);
    indexes.forEach((index, i) => {
      sides[m * samples + i] = sideOf(shadow, {
        trained: trained[index] === 1,
        forgotten: forgotten[index] === 1,
      });
    });
  });
  return { values, sides, samples };
}

/**
 * Scores the samples of an audit among all samples of the table. A sample that the shadows were not asked about has the
 * reason `TOO_FEW_SHADOWS`.
 *
 * @param values - The audited model's signal, one for each sample to score.
 * @param score - Scores a value for each sample of the table.
 */
export function scoreInTable(
  shadows: ShadowOutputs,
  samples: IndexSet,
  values: Float64Array,
  score: (target: Float64Array) => AuditScores,
): AuditScores {
  const columns = shadowColumns(shadows, samples);
  const target = new Float64Array(shadows.indexes.length);
  columns.forEach((column, row) => {
    if (column >= 0) target[column] = values[row] as number;
  });
  const all = score(target);
  const scores = new Map(Array.from(all.rows, (column, k) => [column, all.scores[k] as number] as const));
  const reasons = new Map(all.leftOut.map(({ row, reason }) => [row, reason] as const));
  const entries = Array.from(
    columns,
    (column) => scores.get(column) ?? reasons.get(column) ?? "TOO_FEW_SHADOWS",
  );
  return auditScores(entries, all.kind, all.about);
}

function membership(indexes: IndexSet, top: number): Uint8Array {
  const flags = new Uint8Array(top);
  for (const index of indexes) if (index < top) flags[index] = 1;
  return flags;
}
