import { intervalNote } from "./figures/interval-points.ts";
import { mechanismFigure } from "./figures/mechanism.ts";
import { drawHtml, figureGrid, htmlPage } from "./html-page.ts";
import { definitionTable, details, escapeHtml, listValues } from "./html-text.ts";
import { mechanismCells } from "./mechanism-cells.ts";
import type { Mechanisms } from "./mechanisms.ts";

/** Measured mechanisms as one HTML file that needs nothing else: for each question its figure and its table. */
export async function mechanismsReport(mechanisms: Mechanisms): Promise<string> {
  const { name, description, parts, engine } = mechanisms;
  const sections: [string, string][] = [];
  for (const part of parts) {
    sections.push([
      part.title,
      [
        `<p>${escapeHtml(part.method)}</p>`,
        await figureGrid([mechanismFigure(part)], { wide: true, note: intervalNote }),
        drawHtml(mechanismCells(part), { label: part.title }),
      ].join(""),
    ]);
  }
  const head = {
    title: `Study: ${name}`,
    subtitle: `engine ${engine.name}; ${parts.length} parts`,
    headline: description,
  };
  return htmlPage(head, [...sections, ["What was run", whatWasRun(mechanisms)]]);
}

function whatWasRun({ engine, machine, versions, stages, times, config }: Mechanisms): string {
  return [
    definitionTable([
      ["Engine", escapeHtml(listValues(engine))],
      ["Machine", escapeHtml(listValues(machine))],
      ["Versions", escapeHtml(listValues(versions))],
      ["Stages", String(stages.length)],
      [
        "Time of this run",
        `${times.totalSeconds.toFixed(1)} s${times.finishedAt === undefined ? "" : `, finished ${escapeHtml(times.finishedAt)}`}`,
      ],
    ]),
    details("Study file", `<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>`),
  ].join("");
}
