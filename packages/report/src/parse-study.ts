import { z } from "zod";

import {
  checkGap,
  checkVersion,
  gap,
  invalid,
  json as anyJson,
  metrics,
  number,
  percentReading,
  rowTimes,
  seconds,
} from "./format-parts.ts";
import { studyStrength } from "./parse-audit.ts";
import { refuseOneSided } from "./one-sided.ts";
import { studyVersion, type Study, type StudyPlace } from "./study.ts";

const axisValue = z.union([number, z.string(), z.boolean()]);
const place = { row: z.string(), seed: z.int(), value: axisValue.optional() } as const;
const count = z.int().min(0);
const percent = number.min(0).max(100);
const share = number.min(0).max(1);
const cosine = number.min(-1).max(1);
const schema = z.strictObject({
  schemaVersion: z.union([z.literal(1), z.literal(studyVersion)]),
  kind: z.literal("study"),
  name: z.string(),
  description: z.string(),
  config: anyJson,
  seeds: z.array(z.int()).min(1),
  axis: z.strictObject({ key: z.string(), values: z.array(axisValue).min(1) }).optional(),
  defaultRow: z.string().optional(),
  against: z.string().optional(),
  engine: z.strictObject({ name: z.string(), threads: number }),
  versions: z.record(z.string(), z.string()),
  data: z.strictObject({ name: z.string(), counts: z.record(z.string(), number.min(0)) }),
  model: z.strictObject({ name: z.string(), parameters: number.min(0) }),
  rows: z
    .array(
      z.strictObject({
        method: z.string().min(1),
        optionSet: z.string().optional(),
        label: z.string().min(1),
        sees: z.string().min(1),
        changes: z.record(z.string(), anyJson).optional(),
        notHeldOut: z.string().optional(),
      }),
    )
    .min(1),
  runs: z.array(
    z.strictObject({
      ...place,
      metrics,
      gap,
      cost: z.strictObject({ imagesForward: count, imagesBackward: count, steps: count }).optional(),
      classes: z
        .strictObject({
          unseenUa: percent,
          neighbours: z.array(z.strictObject({ name: z.string(), accuracy: percent, toForgotten: percent })),
        })
        .optional(),
      conflictShare: share.optional(),
      meanCosine: cosine.optional(),
      cosine: z.array(cosine).max(100).optional(),
    }),
  ),
  oracles: z
    .array(
      z.strictObject({
        seed: z.int(),
        value: axisValue.optional(),
        count: z.int().min(1),
        heldOut: z.int().min(0),
        noiseFloor: percentReading,
      }),
    )
    .optional(),
  attacks: z
    .array(
      z.strictObject({
        role: z.enum(["original", "oracle", "held-out oracle", "row"]),
        model: z.string().min(1),
        seed: z.int(),
        value: axisValue.optional(),
        attack: z.string().min(1),
        shadowsOf: z.string().optional(),
        mark: z.string().optional(),
        reading: studyStrength,
      }),
    )
    .optional(),
  stages: z.array(z.strictObject({ name: z.string(), key: z.string() })),
  times: z.strictObject({
    totalSeconds: seconds,
    runs: z.array(z.strictObject({ ...place, ...rowTimes })),
    finishedAt: z.string().optional(),
  }),
  machine: z.record(z.string(), anyJson),
  warnings: z.array(z.string()),
});

/**
 * Checks what was read from the `study.json` of a study, or is about to be written to one.
 *
 * Beside the shape: labels are unique and read no metric one-sidedly, every row has one run at every seed and value
 * with its times, and every gap is the distance to the retrained model (the mean of the oracles) of the same seed and
 * value. Studies of version 1, which had one oracle a run, are read too.
 *
 * @param json - As from `JSON.parse`.
 * @returns The same data, typed.
 * @throws RangeError with the place and the mistake.
 */
export function parseStudy(json: unknown): Study {
  checkVersion(json, { what: "study", version: [1, studyVersion], kind: "study" });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid("study", parsed.error.issues[0]);
  const study: Study = parsed.data;
  const labels = study.rows.map(({ label }) => label);
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) {
    throw new RangeError(`study: labels of rows must be unique, found "${twice}" twice; rename one.`);
  }
  labels.forEach((label, i) => refuseOneSided(label, `rows[${i}].label`));
  for (const key of ["defaultRow", "against"] as const) {
    const label = study[key];
    if (label === undefined || labels.includes(label)) continue;
    throw new RangeError(`study: ${key} must be the label of a row, found "${label}"; correct it.`);
  }
  checkPlaces(study, study.runs, "runs");
  checkPlaces(study, study.times.runs, "times.runs");
  checkOracles(study);
  checkAttacks(study);
  const oracle = study.rows.find(({ method }) => method === "retrain")?.label;
  study.runs.forEach((run, i) => {
    const reference = study.runs.find(
      ({ row, seed, value }) => row === oracle && seed === run.seed && value === run.value,
    );
    checkGap(run, reference, `study: runs[${i}]`);
  });
  return study;
}

/** The oracles of every seed and value once; version 1 has none. */
function checkOracles({ schemaVersion, oracles, seeds, axis, rows }: Study): void {
  if (schemaVersion === 1 && oracles === undefined) return;
  const nameOf = (seed: number, value: unknown): string =>
    `seed ${seed}${value === undefined ? "" : `, value ${JSON.stringify(value)}`}`;
  const hasOracle = rows.some(({ method }) => method === "retrain");
  const wanted = hasOracle
    ? seeds.flatMap((seed) => (axis?.values ?? [undefined]).map((value) => nameOf(seed, value)))
    : [];
  const found = (oracles ?? []).map(({ seed, value }) => nameOf(seed, value));
  if ([...wanted].sort().join() === [...found].sort().join()) return;
  throw new RangeError(
    `study: oracles must hold every seed and value once, found ${found.join("; ") || "none"}; run the study again.`,
  );
}

/** Attacks are on models that are there, each once. */
function checkAttacks({ attacks = [], rows, seeds, axis }: Study): void {
  const known = new Set<string>();
  attacks.forEach(({ role, model, seed, value, attack, shadowsOf }, i) => {
    const isThere =
      seeds.includes(seed) &&
      (axis === undefined ? value === undefined : axis.values.some((each) => each === value)) &&
      (role !== "row" || rows.some(({ label }) => label === model));
    const key = JSON.stringify([role, model, seed, value, attack, shadowsOf]);
    if (isThere && !known.has(key)) known.add(key);
    else {
      throw new RangeError(
        `study: attacks[${i}] must be one that stands once on a model of the study, found ${attack} on ${model} at seed ${seed} ${isThere ? "twice" : "of none"}; run the study again.`,
      );
    }
  });
}

/** Every row, seed and value once, and nothing else. */
function checkPlaces(
  { rows, seeds, axis }: Study,
  places: readonly StudyPlace[],
  where: "runs" | "times.runs",
): void {
  const nameOf = ({ row, seed, value }: StudyPlace): string =>
    `row ${JSON.stringify(row)}, seed ${seed}${value === undefined ? "" : `, value ${JSON.stringify(value)}`}`;
  const values = axis?.values ?? [undefined];
  const wanted = rows.flatMap(({ label }) =>
    seeds.flatMap((seed) => values.map((value) => nameOf({ row: label, seed, value }))),
  );
  const found = places.map(nameOf);
  const missing = wanted.find((name) => !found.includes(name));
  const extra = found.find((name, i) => !wanted.includes(name) || found.indexOf(name) !== i);
  if (missing === undefined && extra === undefined) return;
  throw new RangeError(
    `study: ${where} must hold every row at every seed and value once, found ${
      missing === undefined ? `one too many (${extra})` : `none for ${missing}`
    }; run the study again.`,
  );
}
