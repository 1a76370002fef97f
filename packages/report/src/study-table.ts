import { drawMarkdown } from "./draw-markdown.ts";
import { drawText, type TextTableOptions } from "./draw-text.ts";
import { mechanismCells } from "./mechanism-cells.ts";
import type { MechanismPart } from "./mechanisms.ts";
import { studyCells, studyDetailCells } from "./study-cells.ts";
import type { Study } from "./study.ts";

/** The main table of a study for a terminal, with its notes. */
export function studyTable(study: Study, options: TextTableOptions = {}): string {
  return drawText(studyCells(study), options);
}

/** The tables of a study as GitHub Markdown: the main one, and with an axis the one of all quantities. */
export function studyMarkdown(study: Study): string {
  const tables = [studyCells(study), ...(study.axis === undefined ? [] : [studyDetailCells(study)])];
  return tables.map(drawMarkdown).join("\n\n");
}

/** The table of one part of measured mechanisms for a terminal, with its notes. */
export function mechanismTable(part: MechanismPart, options: TextTableOptions = {}): string {
  return drawText(mechanismCells(part), options);
}

/** The same as GitHub Markdown. */
export function mechanismMarkdown(part: MechanismPart): string {
  return drawMarkdown(mechanismCells(part));
}
