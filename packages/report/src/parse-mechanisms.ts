import { z } from "zod";

import { checkVersion, invalid, json as anyJson, number, seconds } from "./format-parts.ts";
import { mechanismsVersion, type MechanismPart, type Mechanisms } from "./mechanisms.ts";
import { refuseOneSided } from "./one-sided.ts";

const part = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string().min(1),
  method: z.string(),
  x: z.strictObject({ name: z.string(), isNumber: z.boolean() }),
  y: z.strictObject({ name: z.string(), reference: number.optional() }),
  seeds: z.array(z.int()).min(1),
  series: z
    .array(
      z.strictObject({
        name: z.string().min(1),
        points: z
          .array(z.strictObject({ x: z.union([number, z.string()]), values: z.array(number).min(1) }))
          .min(1),
      }),
    )
    .min(1),
  contrast: z.strictObject({ name: z.string(), of: z.string(), minus: z.string() }).optional(),
  notes: z.array(z.string()),
});
const schema = z.strictObject({
  schemaVersion: z.literal(mechanismsVersion),
  kind: z.literal("mechanisms"),
  name: z.string(),
  description: z.string(),
  config: anyJson,
  engine: z.strictObject({ name: z.string(), threads: number }),
  versions: z.record(z.string(), z.string()),
  parts: z.array(part).min(1),
  stages: z.array(z.strictObject({ name: z.string(), key: z.string() })),
  times: z.strictObject({ totalSeconds: seconds, finishedAt: z.string().optional() }),
  machine: z.record(z.string(), anyJson),
});

/**
 * Checks what was read from the `study.json` of measured mechanisms, or is about to be written to one.
 *
 * Beside the shape: ids are unique, every point has a number for each seed of its part, the places on the x axis are of
 * the kind stated, a contrast names series that exist, and no name reads a metric one-sidedly.
 *
 * @throws RangeError with the place and the mistake.
 */
export function parseMechanisms(json: unknown): Mechanisms {
  checkVersion(json, { what: "mechanisms", version: mechanismsVersion, kind: "mechanisms" });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid("mechanisms", parsed.error.issues[0]);
  const mechanisms: Mechanisms = parsed.data;
  const ids = mechanisms.parts.map(({ id }) => id);
  const twice = ids.find((id, i) => ids.indexOf(id) !== i);
  if (twice !== undefined) {
    throw new RangeError(`mechanisms: ids of parts must be unique, found "${twice}" twice; rename one.`);
  }
  mechanisms.parts.forEach(checkPart);
  return mechanisms;
}

function checkPart({ id, series, seeds, x, y, contrast }: MechanismPart): void {
  const where = `mechanisms: part "${id}"`;
  refuseOneSided(y.name, where);
  const names = series.map(({ name }) => name);
  names.forEach((name) => refuseOneSided(name, where));
  for (const { name, points } of series) {
    const wrong = points.find((point) => point.values.length !== seeds.length);
    if (wrong !== undefined) {
      throw new RangeError(
        `${where} must have a number for each of its ${seeds.length} seeds, found ${wrong.values.length} in "${name}" at ${wrong.x}; measure them all.`,
      );
    }
    const misplaced = points.find((point) => (typeof point.x === "number") !== x.isNumber);
    if (misplaced !== undefined) {
      throw new RangeError(
        `${where} must have ${x.isNumber ? "numbers" : "names"} on its x axis, found ${JSON.stringify(misplaced.x)} in "${name}"; correct x.isNumber or the point.`,
      );
    }
  }
  const unknown = contrast && [contrast.of, contrast.minus].find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`${where} contrasts "${unknown}", which is none of its series; correct the name.`);
  }
}
