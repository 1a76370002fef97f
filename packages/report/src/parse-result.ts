import { z } from "zod";

import { gapTo } from "./gap.ts";
import { refuseOneSided } from "./one-sided.ts";
import { isMissing, reasons, type ReasonCode } from "./reasons.ts";
import { oracleRow, resultVersion, type Json, type Result, type Row } from "./result.ts";

const number = z.number();
const seconds = number.min(0);
const json = z.json() as z.ZodType<Json>;
const missing = z.strictObject({
  reason: z.enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]]),
  detail: z.string().optional(),
});
const percent = z.union([number.min(0).max(100), missing]);
const points = number.min(0).max(100);
const series = z.record(z.string(), z.array(number));
const row = z.strictObject({
  method: z.string().min(1),
  optionSet: z.string().optional(),
  label: z.string().min(1),
  sees: z.string().min(1),
  metrics: z.strictObject({
    ua: percent,
    ra: percent,
    ta: percent,
    miaEfficacy: percent,
    aucForgetTest: z.union([number.min(0).max(1), missing]),
  }),
  gap: z.union([
    z.strictObject({
      value: points,
      parts: z.strictObject({ ua: points, ra: points, ta: points, miaEfficacy: points }),
    }),
    missing,
  ]),
  cost: z.strictObject({ imagesForward: seconds, imagesBackward: seconds, steps: seconds }),
  notHeldOut: z.string().optional(),
  options: z.record(z.string(), json).optional(),
  history: series,
});
const schema = z.strictObject({
  schemaVersion: z.literal(resultVersion),
  experiment: z.strictObject({ name: z.string(), config: json }),
  seed: z.int(),
  splitSeed: z.int(),
  engine: z.object({ name: z.string(), threads: number }).catchall(json),
  versions: z.record(z.string(), z.string()),
  data: z.strictObject({
    name: z.string(),
    contentHash: z.string(),
    counts: z.record(z.string(), number.min(0)),
  }),
  model: z.strictObject({ name: z.string(), parameters: number.min(0) }),
  stages: z.array(z.strictObject({ name: z.string(), key: z.string() })),
  rows: z.array(row).min(1),
  curves: z.strictObject({ original: series, retrain: series }),
  times: z.strictObject({
    totalSeconds: seconds,
    stages: z.record(z.string(), seconds),
    rows: z.record(
      z.string(),
      z.strictObject({
        unlearnSeconds: seconds,
        attackTrainingSeconds: seconds,
        totalSeconds: seconds,
        shareOfRetrain: seconds.nullable(),
      }),
    ),
    finishedAt: z.string().optional(),
  }),
  machine: z.record(z.string(), json),
  warnings: z.array(z.string()),
});

/**
 * Checks what was read from a `result.json`, or is about to be written to one.
 *
 * Beside the shape it checks what would make a table lie: every metric has a number or a reason, a gap is there
 * only with a retrained model and equals the distance to it, labels are unique and have times, and no name reads
 * a metric one-sidedly.
 *
 * @param json - As from `JSON.parse`.
 * @returns The same data, typed.
 * @throws RangeError with the place and the mistake.
 */
export function parseResult(json: unknown): Result {
  const version =
    typeof json === "object" && json !== null
      ? (json as { schemaVersion?: unknown }).schemaVersion
      : undefined;
  if (version !== resultVersion) {
    throw new RangeError(
      `result: schemaVersion must be ${resultVersion}, found ${version === undefined ? "none" : JSON.stringify(version)}; read it with the version of LTU that wrote it, or make it again.`,
    );
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error.issues[0]);
  const result: Result = parsed.data;
  const oracle = oracleRow(result);
  const labels = new Set<string>();
  result.rows.forEach((each, i) => {
    const where = `rows[${i}]`;
    refuseOneSided(each.label, `${where}.label`);
    if (labels.has(each.label)) {
      throw new RangeError(`result: ${where}.label must be unique, found "${each.label}" twice; rename one.`);
    }
    labels.add(each.label);
    if (result.times.rows[each.label] === undefined) {
      throw new RangeError(`result: times.rows must hold every row, found none for "${each.label}"; add it.`);
    }
    checkGap(each, oracle, where);
  });
  return result;
}

/** Rounding of a JSON writer that prints fewer digits. */
const gapTolerance = 1e-6;

function checkGap(row: Row, oracle: Row | undefined, where: string): void {
  const right = gapTo(row.metrics, oracle?.metrics);
  if (isMissing(right)) {
    if (isMissing(row.gap)) return;
    throw new RangeError(
      `result: ${where}.gap must give a reason (${reasons[right.reason]}), found ${row.gap.value}; a gap without its reference is not defined.`,
    );
  }
  if (isMissing(row.gap)) {
    throw new RangeError(
      `result: ${where}.gap must be ${right.value}, found the reason ${row.gap.reason}; the retrained model is in the table, so measure from it.`,
    );
  }
  if (Math.abs(row.gap.value - right.value) > gapTolerance) {
    throw new RangeError(
      `result: ${where}.gap must be the mean distance to the retrained model, ${right.value}, found ${row.gap.value}; compute it again with gapTo.`,
    );
  }
}

function invalid(issue: z.core.$ZodIssue | undefined): RangeError {
  const place = (issue?.path ?? []).map((step) =>
    typeof step === "number" ? `[${step}]` : `.${String(step)}`,
  );
  const where = place.join("").replace(/^\./, "") || "the file";
  if (issue?.code === "unrecognized_keys") {
    for (const key of issue.keys) refuseOneSided(key, where);
    return new RangeError(`result: ${where} has the unknown name "${issue.keys[0]}"; remove it.`);
  }
  return new RangeError(`result: ${where} is not valid: ${issue?.message ?? "unknown mistake"}; correct it.`);
}
