import { drawMarkdown } from "./draw-markdown.ts";
import { intervalNote } from "./figures/interval-points.ts";
import { mechanismFigure } from "./figures/mechanism.ts";
import { studyClassFigure } from "./figures/study-classes.ts";
import { studyCosineFigure } from "./figures/study-cosine.ts";
import { studyCourseFigures } from "./figures/study-course.ts";
import { studyGapFigure } from "./figures/study-gaps.ts";
import { mechanismCells } from "./mechanism-cells.ts";
import type { Mechanisms } from "./mechanisms.ts";
import { renderSvgFile, type Figure } from "./render-svg.ts";
import { studyHeadline } from "./study-headline.ts";
import { studyMarkdown } from "./study-table.ts";
import type { Study } from "./study.ts";

/** The numbers of a study for a document of Markdown, with figures as files beside it. */
export interface StudyDocument {
  /** What was found, figures and tables; without headings and without a line break at its end. */
  readonly markdown: string;
  /** SVG files by their names. */
  readonly figures: Readonly<Record<string, string>>;
}

/** The numbers of a study as Markdown. */
export async function studyDocument(study: Study): Promise<StudyDocument> {
  const [gaps, cosine, classes] = [studyGapFigure(study), studyCosineFigure(study), studyClassFigure(study)];
  return drawDocument(study.name, [
    studyHeadline(study),
    gaps ?? "",
    gaps === undefined ? "" : intervalNote,
    classes ?? "",
    ...studyCourseFigures(study),
    studyMarkdown(study),
    cosine ?? "",
  ]);
}

/** The numbers of measured mechanisms as Markdown. */
export async function mechanismsDocument({ name, parts }: Mechanisms): Promise<StudyDocument> {
  return drawDocument(
    name,
    parts.flatMap((part) => [
      `**${part.title}** ${part.method}`,
      mechanismFigure(part) ?? "",
      intervalNote,
      drawMarkdown(mechanismCells(part)),
    ]),
  );
}

async function drawDocument(name: string, blocks: readonly (string | Figure)[]): Promise<StudyDocument> {
  const figures: Record<string, string> = {};
  const texts: string[] = [];
  for (const block of blocks) {
    if (typeof block === "string") {
      texts.push(block);
      continue;
    }
    const file = `${name}-${block.id}.svg`;
    figures[file] = await renderSvgFile(block);
    texts.push(`![${block.title}](${file})`);
  }
  return { markdown: texts.filter((text) => text !== "").join("\n\n"), figures };
}
