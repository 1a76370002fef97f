import { z } from "zod";

import { drawMarkdown } from "./draw-markdown.ts";
import { drawText, type TextTableOptions } from "./draw-text.ts";
import { checkVersion, invalid, json as anyJson, number, percentReading, seconds } from "./format-parts.ts";
import { meanCell, overSeeds } from "./over-seeds.ts";
import type { Reading } from "./reasons.ts";
import type { Json } from "./result.ts";
import type { StudyDocument } from "./study-document.ts";
import type { TableCells } from "./table-cells.ts";

/** One retrained model of one length of training. */
export interface ScheduleReading {
  readonly seed: number;
  /** RA, on the retain set. */
  readonly ra: Reading;
  /** TA, on validation images. */
  readonly ta: Reading;
  readonly seconds: number;
}

/** The content of `schedule.json`: the shortest training that reaches a retain accuracy, and what fell short of it. */
export interface ScheduleSearch {
  readonly schemaVersion: 1;
  readonly kind: "schedule";
  readonly name: string;
  /** The experiment, complete. */
  readonly config: Json;
  /** RA that the mean over the seeds must reach. */
  readonly reach: number;
  readonly seeds: readonly number[];
  /** From the shortest on; nothing longer than the first that reached it was tried. */
  readonly tried: readonly { readonly epochs: number; readonly readings: readonly ScheduleReading[] }[];
  /** `null` where none reached it. */
  readonly chosen: number | null;
  readonly engine: { readonly name: string; readonly threads: number };
  readonly versions: Readonly<Record<string, string>>;
}

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  kind: z.literal("schedule"),
  name: z.string().min(1),
  config: anyJson,
  reach: number.min(0).max(100),
  seeds: z.array(z.int()).min(1),
  tried: z
    .array(
      z.strictObject({
        epochs: z.int().min(1),
        readings: z.array(z.strictObject({ seed: z.int(), ra: percentReading, ta: percentReading, seconds })),
      }),
    )
    .min(1),
  chosen: z.int().nullable(),
  engine: z.strictObject({ name: z.string(), threads: number }),
  versions: z.record(z.string(), z.string()),
});

/**
 * Checks what was read from a `schedule.json`, or is about to be written to one: what was chosen is the first length
 * whose mean RA reaches what was asked for.
 *
 * @throws RangeError with the place and the mistake.
 */
export function parseSchedule(json: unknown): ScheduleSearch {
  checkVersion(json, { what: "schedule", version: 1, kind: "schedule" });
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw invalid("schedule", parsed.error.issues[0]);
  const search: ScheduleSearch = parsed.data;
  const right = shortest(search);
  if (search.chosen === right) return search;
  throw new RangeError(
    `schedule: chosen must be the shortest that reaches ${search.reach} %, ${String(right)}, found ${String(search.chosen)}; search again.`,
  );
}

/** The first length whose mean RA, over seeds that all have one, reaches what was asked for. */
export function shortest({
  tried,
  reach,
  seeds,
}: Pick<ScheduleSearch, "reach" | "seeds" | "tried">): number | null {
  const found = tried.find(({ readings }) => {
    const { mean, missing } = overSeeds(readings.map(({ ra }) => ra));
    return mean !== undefined && missing === 0 && readings.length === seeds.length && mean >= reach;
  });
  return found?.epochs ?? null;
}

function scheduleCells({ tried, chosen, reach, seeds }: ScheduleSearch): TableCells {
  return {
    columns: ["Epochs", "RA", "TA val", "Seconds", ""],
    rows: tried.map(({ epochs, readings }) => [
      String(epochs),
      meanCell(overSeeds(readings.map(({ ra }) => ra)), 2),
      meanCell(overSeeds(readings.map(({ ta }) => ta)), 1),
      meanCell(overSeeds(readings.map((reading) => reading.seconds)), 0),
      epochs === chosen ? "chosen" : "",
    ]),
    notes: [
      `Retrained models by the recipe at each length, pilot seeds ${seeds.join(", ")}; the shortest whose mean RA reaches ${reach} % is chosen${chosen === null ? ", and none did" : ""}. A longer one would make every method look cheap.`,
    ],
    textColumns: 1,
  };
}

/** A search of the shortest schedule for a terminal. */
export function scheduleTable(search: ScheduleSearch, options: TextTableOptions = {}): string {
  return drawText(scheduleCells(search), options);
}

/** The same for a document. */
export function scheduleDocument(search: ScheduleSearch): StudyDocument {
  return { markdown: drawMarkdown(scheduleCells(search)), figures: {} };
}
