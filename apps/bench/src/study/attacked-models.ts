import type { AttackedRole, StudyAttack } from "@ltu/report";
import type { Stage } from "@ltu/runner";

import type { Archive, ArchivePlace } from "../archive/archive.ts";
import type { Plan } from "../plan.ts";
import type { StudyCell } from "./plan-study.ts";
import {
  attacksPlace,
  cellPlace,
  oracleNames,
  oraclePlace,
  rowPlace,
  type AttacksLine,
  type StudyLine,
} from "./study-archive.ts";

/** A model of a run of a study that evaluators attack. */
export interface AttackedModel {
  readonly role: AttackedRole;
  /** `"original"`, the name of an oracle, or the label of the row in this run. */
  readonly name: string;
  /** What its readings are of. */
  readonly place: ArchivePlace;
  /** The file they are kept in. */
  readonly file: string;
}

/** The models of a run that evaluators attack, in the order of tables. */
export function attackedModels(
  cell: StudyCell,
  { engine, allowSharedEvaluator }: { readonly engine: string; readonly allowSharedEvaluator: boolean },
): AttackedModel[] {
  const { reference, heldOut } = oracleNames(cell);
  const [, ...methods] = cell.methods;
  const of = (place: ArchivePlace): ArchivePlace => attacksPlace(place, cell, allowSharedEvaluator);
  const oracles = (names: readonly string[], role: AttackedRole): AttackedModel[] =>
    names.map((name) => ({ role, name, place: of(oraclePlace(cell, engine, name)), file: "retrain" }));
  return [
    { role: "original", name: "original", place: of(cellPlace(cell, engine)), file: "setting" },
    ...oracles(reference, "oracle"),
    ...oracles(heldOut, "held-out oracle"),
    ...methods.map((method) => ({
      role: "row" as const,
      name: method.label,
      place: of(rowPlace(cell, engine, method)),
      file: method.label,
    })),
  ];
}

/** What is kept of the attacks on the models of a run, in the form of a study. */
export function keptAttacks(
  cell: StudyCell,
  {
    archive,
    allowSharedEvaluator,
    session: { engine },
    labels,
  }: {
    readonly archive: Pick<Archive<StudyLine>, "find">;
    readonly allowSharedEvaluator: boolean;
    readonly session: { readonly engine: { readonly name: string } };
    /** Of the rows of the study: a row may have another label in each run. */
    readonly labels: readonly string[];
  },
): StudyAttack[] {
  const { seed, value, methods } = cell;
  const labelOf = new Map(methods.map(({ label }, j) => [label, labels[j] as string]));
  return attackedModels(cell, { engine: engine.name, allowSharedEvaluator }).flatMap(
    ({ role, name, place }) =>
      (archive.find(place) as AttacksLine).attacks.map(({ attack, shadowsOf, mark, reading }) => ({
        role,
        model: role === "row" ? (labelOf.get(name) as string) : name,
        seed,
        ...(value === undefined ? {} : { value }),
        attack,
        ...(shadowsOf === undefined ? {} : { shadowsOf: labelOf.get(shadowsOf) ?? shadowsOf }),
        ...(mark === undefined ? {} : { mark }),
        reading,
      })),
  );
}

/** The stage that attacks a model. */
export function attackOf({ role, name }: AttackedModel, { originalAudit, oracles, rows }: Plan): Stage {
  const found =
    role === "original"
      ? originalAudit
      : role === "row"
        ? rows.find(({ method }) => method.label === name)
        : [...oracles.reference, ...oracles.heldOut].find((oracle) => oracle.name === name);
  if (found?.attack === undefined) throw new Error(`no attack on ${name} was planned`);
  return found.attack;
}
