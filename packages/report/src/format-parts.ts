import { z } from "zod";

import { gapTo } from "./gap.ts";
import { refuseOneSided } from "./one-sided.ts";
import { isMissing, reasons, type Missing, type Reading, type ReasonCode } from "./reasons.ts";
import type { Json, Row, RowMetrics } from "./result.ts";

// What the formats of this package have in common.

/** Rounding of a JSON writer that prints fewer digits. */
const gapTolerance = 1e-6;

export const number: z.ZodNumber = z.number();
export const seconds: z.ZodNumber = number.min(0);
export const json: z.ZodType<Json> = z.json();
/** A reason in place of a number. */
export const missing: z.ZodType<Missing> = z.strictObject({
  reason: z.enum(Object.keys(reasons) as [ReasonCode, ...ReasonCode[]]),
  detail: z.string().optional(),
});
const percent = z.union([number.min(0).max(100), missing]);
const points = number.min(0).max(100);
export const series: z.ZodType<Record<string, number[]>> = z.record(z.string(), z.array(number));
/** The numbers of one model. */
export const metrics: z.ZodType<RowMetrics> = z.strictObject({
  ua: percent,
  ra: percent,
  ta: percent,
  miaEfficacy: percent,
  aucForgetTest: z.union([number.min(0).max(1), missing]),
});
/** A number from 0 to 100, or a reason. */
export const percentReading: z.ZodType<Reading> = percent;
/** Avg. Gap with its parts, or a reason. */
export const gap: z.ZodType<Row["gap"]> = z.union([
  z.strictObject({
    value: points,
    parts: z.strictObject({ ua: points, ra: points, ta: points, miaEfficacy: points }),
  }),
  missing,
]);
/** What a row took. */
export const rowTimes: {
  readonly unlearnSeconds: z.ZodNumber;
  readonly attackTrainingSeconds: z.ZodNumber;
  readonly totalSeconds: z.ZodNumber;
  readonly shareOfRetrain: z.ZodNullable<z.ZodNumber>;
} = {
  unlearnSeconds: seconds,
  attackTrainingSeconds: seconds,
  totalSeconds: seconds,
  shareOfRetrain: seconds.nullable(),
};

/**
 * Checks that JSON is of the kind and version that is read here, before anything else is asked of it.
 *
 * @throws RangeError with the remedy.
 */
export function checkVersion(
  json: unknown,
  {
    what,
    version,
    kind,
  }: { readonly what: string; readonly version: number | readonly number[]; readonly kind?: string },
): void {
  const versions = typeof version === "number" ? [version] : version;
  const found = (typeof json === "object" && json !== null ? json : {}) as Readonly<Record<string, unknown>>;
  const isVersion = versions.some((known) => found["schemaVersion"] === known);
  if (isVersion && (kind === undefined || found["kind"] === kind)) return;
  const [name, right] = isVersion
    ? (["kind", kind] as const)
    : (["schemaVersion", versions.join(" or ")] as const);
  throw new RangeError(
    `${what}: ${name} must be ${right}, found ${found[name] === undefined ? "none" : JSON.stringify(found[name])}; read it with the version of LTU that wrote it, or make it again.`,
  );
}

/**
 * Checks that a gap is the distance to the retrained model, or a reason where there is none to measure from.
 *
 * @throws RangeError with the place and the mistake.
 */
export function checkGap(
  row: Pick<Row, "gap" | "metrics">,
  oracle: Pick<Row, "metrics"> | undefined,
  where: string,
): void {
  const right = gapTo(row.metrics, oracle?.metrics);
  if (isMissing(right)) {
    if (isMissing(row.gap)) return;
    throw new RangeError(
      `${where}.gap must give a reason (${reasons[right.reason]}), found ${row.gap.value}; a gap without its reference is not defined.`,
    );
  }
  if (isMissing(row.gap)) {
    throw new RangeError(
      `${where}.gap must be ${right.value}, found the reason ${row.gap.reason}; the retrained model is in the table, so measure from it.`,
    );
  }
  if (Math.abs(row.gap.value - right.value) > gapTolerance) {
    throw new RangeError(
      `${where}.gap must be the mean distance to the retrained model, ${right.value}, found ${row.gap.value}; compute it again with gapTo.`,
    );
  }
}

/** A mistake in the shape of what was read, as one sentence. */
export function invalid(what: string, issue: z.core.$ZodIssue | undefined): RangeError {
  const place = (issue?.path ?? []).map((step) =>
    typeof step === "number" ? `[${step}]` : `.${String(step)}`,
  );
  const where = place.join("").replace(/^\./, "") || "the file";
  if (issue?.code === "unrecognized_keys") {
    for (const key of issue.keys) refuseOneSided(key, where);
    return new RangeError(`${what}: ${where} has the unknown name "${issue.keys[0]}"; remove it.`);
  }
  return new RangeError(
    `${what}: ${where} is not valid: ${issue?.message ?? "unknown mistake"}; correct it.`,
  );
}
