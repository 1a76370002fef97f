import { drawMarkdown } from "./draw-markdown.ts";
import { drawText, type TextTableOptions } from "./draw-text.ts";
import { mechanismCells } from "./mechanism-cells.ts";
import type { MechanismPart } from "./mechanisms.ts";
import { studyAttackCells } from "./study-attack-cells.ts";
import { studyCells, studyDetailCells } from "./study-cells.ts";
import { studyClassCells } from "./study-class-cells.ts";
import { studyComparisonCells } from "./study-comparison.ts";
import { studyCostCells } from "./study-cost.ts";
import type { Study } from "./study.ts";
import type { TableCells } from "./table-cells.ts";

/**
 * The tables of a study for a terminal, with their notes: the main one, comparisons where it names a row for them, the
 * classes beside one that was forgotten, and what evaluators found where it ran them.
 */
export function studyTable(study: Study, options: TextTableOptions = {}): string {
  const tables = [
    studyCells(study),
    studyComparisonCells(study),
    studyClassCells(study),
    studyAttackCells(study),
  ].filter((cells) => cells !== undefined);
  return tables.map((cells) => drawText(cells, options)).join("\n\n");
}

/** The tables of a study as GitHub Markdown: the main one, with an axis the one of all quantities, comparisons, classes, attacks, cost. */
export function studyMarkdown(study: Study): string {
  return studyTables(study).map(drawMarkdown).join("\n\n");
}

function studyTables(study: Study): TableCells[] {
  return [
    studyCells(study),
    study.axis === undefined ? undefined : studyDetailCells(study),
    studyComparisonCells(study),
    studyClassCells(study),
    studyAttackCells(study),
    studyCostCells(study),
  ].filter((cells) => cells !== undefined);
}

/** The table of one part of measured mechanisms for a terminal, with its notes. */
export function mechanismTable(part: MechanismPart, options: TextTableOptions = {}): string {
  return drawText(mechanismCells(part), options);
}

/** The same as GitHub Markdown. */
export function mechanismMarkdown(part: MechanismPart): string {
  return drawMarkdown(mechanismCells(part));
}
