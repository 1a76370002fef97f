import type { MetricDefinition } from "@ltu/metrics";
import { z } from "zod";

import {
  checkGap,
  checkVersion,
  gap,
  invalid,
  json as anyJson,
  metrics,
  missing,
  number,
  percentReading,
  rowTimes,
  seconds,
  series,
} from "./format-parts.ts";
import { checkAudits } from "./check-audits.ts";
import { checkOracles } from "./check-oracles.ts";
import { madeOf, modelAudit } from "./parse-audit.ts";
import { refuseOneSided } from "./one-sided.ts";
import { oracleRow, resultVersion, type Result, type RowMetrics } from "./result.ts";

const klomEnds = z.union([z.strictObject({ mean: number.min(0), p95: number.min(0) }), missing]);
const klom = z.strictObject({
  mean: number.min(0),
  p95: number.min(0),
  noiseFloor: klomEnds,
  ceiling: klomEnds,
});
const reading = z.union([number, missing]);
const ensemble = z.union([
  z.strictObject({
    models: z.int().min(1),
    oracles: z.int().min(1),
    originals: z.enum(["one", "own"]),
    klom: z.strictObject({ forget: klom, retain: klom, test: klom }),
    forgetting: z.union([
      z.strictObject({
        forgetScore: reading,
        noiseFloor: reading,
        challengeScore: reading,
        epsilon: z.strictObject({ median: reading, p95: reading, largest: reading }),
        largestFinite: number,
        maxEpsilon: number,
      }),
      missing,
    ]),
  }),
  missing,
]);
const row = z.strictObject({
  method: z.string().min(1),
  optionSet: z.string().optional(),
  label: z.string().min(1),
  sees: z.string().min(1),
  metrics,
  gap,
  readings: z.record(z.string(), z.union([number, missing])).optional(),
  ensemble: ensemble.optional(),
  audit: modelAudit.optional(),
  cost: z.strictObject({ imagesForward: seconds, imagesBackward: seconds, steps: seconds }),
  notHeldOut: z.string().optional(),
  feedback: madeOf.optional(),
  options: z.record(z.string(), anyJson).optional(),
  history: series,
});
const oracle = {
  name: z.string().min(1),
  key: z.string(),
  metrics,
  audit: modelAudit.optional(),
} as const;
const definition = z.strictObject({
  label: z.string(),
  unit: z.enum(["percent", "percentPoints", "share", "score", "nats", "steps", "ratio"]),
  direction: z.enum(["reference", "lower", "higher"]),
  target: z.union([number, z.literal("retrained")]),
  range: z.tuple([number, number.nullable()]),
  needs: z.array(z.string()),
  computedBy: z.string(),
  meaning: z.string(),
}) as unknown as z.ZodType<MetricDefinition>;
const spread = z.union([number.min(0), missing]);
const contrast = z.union([
  z.strictObject({
    difference: number,
    low: number,
    high: number,
    signal: z.boolean(),
    originals: z.int(),
    oracles: z.int(),
  }),
  missing,
]);
const each = <T extends z.ZodType>(part: T): z.ZodObject<Record<keyof RowMetrics, T>> =>
  z.strictObject({ ua: part, ra: part, ta: part, miaEfficacy: part, aucForgetTest: part });
const oracles = z.strictObject({
  reference: z.array(z.strictObject(oracle)),
  heldOut: z.array(z.strictObject({ ...oracle, gap })),
  sd: each(spread),
  contrast: each(contrast),
  noiseFloor: percentReading,
});
const shadows = z.strictObject({
  originals: z.int().min(2),
  unlearnedBy: z.array(z.string()),
  perTarget: z.strictObject({ member: z.int().min(0), other: z.int().min(0) }),
  expected: z.strictObject({
    meanGapWidth: number.min(0).optional(),
    aucWidth: number.min(0),
    smallestFpr: number.min(0),
  }),
});
const schema = z.strictObject({
  schemaVersion: z.union([z.literal(2), z.literal(3), z.literal(resultVersion)]),
  experiment: z.strictObject({ name: z.string(), config: anyJson }),
  seed: z.int(),
  splitSeed: z.int(),
  engine: z.object({ name: z.string(), threads: number }).catchall(anyJson),
  versions: z.record(z.string(), z.string()),
  data: z.strictObject({
    name: z.string(),
    contentHash: z.string(),
    counts: z.record(z.string(), number.min(0)),
  }),
  model: z.strictObject({ name: z.string(), parameters: number.min(0) }),
  stages: z.array(z.strictObject({ name: z.string(), key: z.string() })),
  oracles,
  shadows: shadows.optional(),
  audited: z
    .strictObject({
      transform: z.string(),
      forget: z.array(z.int().min(0)),
      unseen: z.array(z.int().min(0)),
      unseenBesideShadows: z.array(z.int().min(0)).optional(),
    })
    .optional(),
  forgotten: z
    .strictObject({
      kind: z.enum(["class", "sub-class"]),
      class: z.int().min(0),
      names: z.array(z.string()).min(2),
    })
    .optional(),
  original: z.strictObject({ metrics, audit: modelAudit.optional() }),
  definitions: z.record(z.string(), definition),
  rows: z.array(row).min(1),
  curves: z.strictObject({ original: series, retrain: series }),
  times: z.strictObject({
    totalSeconds: seconds,
    stages: z.record(z.string(), seconds),
    rows: z.record(z.string(), z.strictObject(rowTimes)),
    finishedAt: z.string().optional(),
  }),
  machine: z.record(z.string(), anyJson),
  warnings: z.array(z.string()),
});

/**
 * Checks what was read from a `result.json`, or is about to be written to one.
 *
 * Beside the shape it checks what would make a table lie: every metric has a number or a reason, a gap is there
 * only with a retrained model and equals the distance to it, the row of the retrained models is their mean, the noise
 * floor is that of the held-out ones, an attack that shares with the feedback of its row is marked, labels are unique and have times, and no name reads
 * a metric one-sidedly.
 *
 * Results of versions 2 and 3 are read too.
 *
 * @param json - As from `JSON.parse`.
 * @returns The same data, typed.
 * @throws RangeError with the place and the mistake.
 */
export function parseResult(json: unknown): Result {
  checkVersion(json, { what: "result", version: [2, 3, resultVersion] });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid("result", parsed.error.issues[0]);
  const result: Result = parsed.data;
  const oracle = oracleRow(result);
  checkOracles(result);
  checkAudits(result);
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
    checkGap(each, oracle, `result: ${where}`);
  });
  return result;
}
