import { cpus } from "node:os";

import type { RowMetrics, StudyAttack, StudyPlace, StudyRun } from "@ltu/report";
import { contentKey, type Json } from "@ltu/runner";
import { z } from "zod";

import type { ArchiveLine, ArchivePlace } from "../archive/archive.ts";
import { costOf, metricsOf, versionsOf } from "../archive/line-parts.ts";
import { modulesOf, settingOf } from "../archive/setting.ts";
import { evaluatorKey } from "../compose-evaluators.ts";
import type { MethodPlan } from "../compose-methods.ts";
import type { AuditArtefact } from "../stages/audit.ts";
import type { ModelArtefact } from "../stages/weights-artefact.ts";
import type { StudyCell } from "./plan-study.ts";

type Versions = { readonly versions: Readonly<Record<string, string>> };

/** One row at one seed and value. Its gap is made of this and the oracles' lines. */
export type RowLine = ArchiveLine &
  Versions & {
    readonly reading: Omit<StudyRun, keyof StudyPlace | "classes" | "gap">;
    /** What the model makes of a class that is forgotten as a whole; absent where none is. */
    readonly classes?: AuditArtefact["classes"] | undefined;
    readonly seconds: { readonly unlearn: number; readonly attackTraining: number };
    readonly machine: string;
  };

/** One retrained model at one seed and value. */
export type OracleLine = ArchiveLine &
  Versions & {
    readonly oracle: RowMetrics;
    /** What it makes of a class that is forgotten as a whole; absent where none is. */
    readonly classes?: AuditArtefact["classes"] | undefined;
    readonly cost: ModelArtefact["cost"];
    readonly seconds: number;
    readonly machine: string;
  };

/** What evaluators found on one model at one seed and value. */
export type AttacksLine = ArchiveLine & Versions & { readonly attacks: readonly KeptAttack[] };

/** One evaluator, without what tells models apart. */
export type KeptAttack = Pick<StudyAttack, "attack" | "mark" | "reading" | "shadowsOf">;

/** What all rows of one seed and value share. */
export type CellLine = ArchiveLine &
  Versions & {
    /** Images by set. */
    readonly counts: Readonly<Record<string, number>>;
    readonly model: { readonly name: string; readonly parameters: number };
    /** The model before anything was forgotten. */
    readonly original: RowMetrics;
    /** What that makes of the class that is forgotten as a whole, and all classes by name; absent where none is. */
    readonly classes?:
      { readonly view: NonNullable<AuditArtefact["classes"]>; readonly names: readonly string[] } | undefined;
    readonly notes: readonly string[];
  };

/** Seconds of two machines say nothing of each other; this tells them apart. */
export function machineName({ threads }: { readonly threads: number }): string {
  return `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, ${threads} threads`;
}

/** A line of a study's archive. */
export type StudyLine = RowLine | OracleLine | CellLine | AttacksLine;

const common = {
  of: z.record(z.string(), z.json()) as z.ZodType<ArchivePlace>,
  versions: versionsOf,
} as const;
const seconds = z.number().min(0);
const classesOf = z.looseObject({}) as unknown as z.ZodType<NonNullable<AuditArtefact["classes"]>>;

/** Shapes alone: a study made of them is checked as a whole. */
export const studyLine: z.ZodType<StudyLine> = z.union([
  z.strictObject({
    ...common,
    reading: z.looseObject({ metrics: metricsOf, cost: costOf }) as unknown as z.ZodType<RowLine["reading"]>,
    classes: classesOf.optional(),
    seconds: z.strictObject({ unlearn: seconds, attackTraining: seconds }),
    machine: z.string(),
  }),
  z.strictObject({
    ...common,
    oracle: metricsOf,
    classes: classesOf.optional(),
    cost: costOf,
    seconds,
    machine: z.string(),
  }),
  z.strictObject({
    ...common,
    attacks: z.array(z.looseObject({ attack: z.string() })) as unknown as z.ZodType<AttacksLine["attacks"]>,
  }),
  z.strictObject({
    ...common,
    counts: z.record(z.string(), z.number()),
    model: z.strictObject({ name: z.string(), parameters: z.number() }),
    original: metricsOf,
    classes: z.strictObject({ view: classesOf, names: z.array(z.string()) }).optional(),
    notes: z.array(z.string()),
  }),
]);

/** What the line that all rows of a cell share is of. */
export function cellPlace({ experiment, seed }: StudyCell, engine: string): ArchivePlace {
  return { setting: settingOf(experiment), engine, seed, measuredOn: "test" };
}

/** What one row of a cell is of. */
export function rowPlace(cell: StudyCell, engine: string, method: MethodPlan): ArchivePlace {
  return { ...cellPlace(cell, engine), method: method.inputs as Json, ...modulesOf(method) };
}

/** What one retrained model of a cell is of. `name` is as in a plan, such as `"oracle 2"`. */
export function oraclePlace(cell: StudyCell, engine: string, name: string): ArchivePlace {
  return { ...cellPlace(cell, engine), oracle: name };
}

/**
 * What the attacks on a model are of: beside the model, what is asked of it, and how many retrained models it is compared
 * with.
 *
 * @param place - That of the model; of the cell for the original.
 */
export function attacksPlace(
  place: ArchivePlace,
  { experiment, methods, evaluators: planned }: StudyCell,
  allowSharedEvaluator: boolean,
): ArchivePlace {
  const { oracles, training } = experiment;
  const audit = { evaluators: planned.map(evaluatorKey), shadows: experiment.audit.shadows };
  const shadows = methods.filter((method) => method.shadows === true).map(({ inputs }) => inputs);
  const asked = { audit, oracles: oracles.count, augment: training.augment, shadows, allowSharedEvaluator };
  return { ...place, attacks: contentKey(JSON.parse(JSON.stringify(asked)) as Json).slice(0, 16) };
}

/** The retrained models of an experiment by name, as a plan names them. */
export function oracleNames({ experiment: { oracles } }: StudyCell): {
  readonly reference: readonly string[];
  readonly heldOut: readonly string[];
} {
  const numbered = (name: string, count: number): string[] =>
    Array.from({ length: count }, (_, i) => `${name} ${i + 1}`);
  return {
    reference: numbered("oracle", oracles.count),
    heldOut: numbered("held-out oracle", oracles.heldOut),
  };
}
