import { gapPartsFigure } from "./figures/gap-parts.ts";
import { tradeOffFigure } from "./figures/trade-off.ts";
import { trainingCurveFigures } from "./figures/training-curves.ts";
import { historyFigures } from "./figures/unlearning-history.ts";
import { headline } from "./headline.ts";
import { htmlStyle } from "./html-style.ts";
import { definitionTable, details, escapeHtml } from "./html-text.ts";
import { notTested } from "./not-tested.ts";
import { renderSvg, type Figure } from "./render-svg.ts";
import type { Json, Result } from "./result.ts";
import { tableCells } from "./table-cells.ts";

/**
 * A report as one HTML file that needs nothing else: no script, no request to any host; figures are SVG inside it.
 *
 * It holds what was found in plain words, the table, the parts of each gap, the trade-off, the course of LTU's runs
 * and of the training, what was not tested, and what was run.
 *
 * @returns The text of the file; the same for the same result.
 */
export async function htmlReport(result: Result): Promise<string> {
  const title = `Unlearning report: ${result.experiment.name}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle(result))}</p>
<p class="headline">${escapeHtml(headline(result))}</p>
</header>
<main>
${section("Results", resultsTable(result))}
${section("Gap and trade-off", await figureGrid([gapPartsFigure(result), tradeOffFigure(result)]))}
${section("The course of LTU", await course(result))}
${section("Training of the original and the retrained model", await figureGrid(trainingCurveFigures(result)))}
${section(
  "What was not tested",
  `<ul>${notTested(result)
    .map((text) => `<li>${escapeHtml(text)}</li>`)
    .join("")}</ul>`,
)}
${section("What was run", whatWasRun(result))}
</main>
</body>
</html>
`;
}

function subtitle({ data, model, engine, seed }: Result): string {
  const { train, forget } = data.counts;
  const images =
    train === undefined || forget === undefined
      ? ""
      : `, ${count(forget)} of ${count(train)} training images to forget`;
  return `${data.name}${images}; ${model.name} with ${count(model.parameters)} parameters; engine ${engine.name}; seed ${seed}`;
}

/** A section with its heading, or nothing where there is nothing to show. */
function section(heading: string, html: string): string {
  return html === "" ? "" : `<section><h2>${escapeHtml(heading)}</h2>${html}</section>`;
}

function resultsTable(result: Result): string {
  const { columns, rows, notes } = tableCells(result);
  const head = columns.map((name) => `<th scope="col">${escapeHtml(name)}</th>`).join("");
  const body = rows.map(([label = "", ...cells], i) => {
    const kind = result.rows[i]?.method === "retrain" ? ` class="target"` : "";
    const values = cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join("");
    return `<tr${kind}><th scope="row">${escapeHtml(label)}</th>${values}</tr>`;
  });
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="Table of results">`,
    `<table class="results"><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`,
    `<ul class="notes">${notes.map((note) => `<li>${escapeHtml(note)}</li>`).join("")}</ul>`,
  ].join("");
}

async function figureGrid(figures: readonly (Figure | undefined)[]): Promise<string> {
  const drawn: string[] = [];
  for (const figure of figures) {
    if (figure === undefined) continue;
    drawn.push(
      `<figure><figcaption>${escapeHtml(figure.title)}</figcaption>${await renderSvg(figure)}</figure>`,
    );
  }
  return drawn.length === 0 ? "" : `<div class="figures">${drawn.join("")}</div>`;
}

/** How LTU's runs went; what only a developer asks for is closed at first. */
async function course(result: Result): Promise<string> {
  const { main, further } = historyFigures(result);
  const closed = await figureGrid(further);
  return `${await figureGrid(main)}${closed === "" ? "" : details("Norms and other series", closed)}`;
}

function whatWasRun(result: Result): string {
  const { experiment, data, engine, model, times } = result;
  return [
    definitionTable([
      ["Experiment", escapeHtml(experiment.name)],
      ["Seeds", `run ${result.seed}, split ${result.splitSeed}`],
      ["Data", `${escapeHtml(data.name)}, content <code>${escapeHtml(data.contentHash)}</code>`],
      ["Images", escapeHtml(listed(data.counts))],
      ["Model", `${escapeHtml(model.name)}, ${count(model.parameters)} parameters`],
      ["Engine", escapeHtml(listed(engine))],
      ["Machine", escapeHtml(listed(result.machine))],
      ["Versions", escapeHtml(listed(result.versions))],
      [
        "Time of this run",
        `${times.totalSeconds.toFixed(1)} s${times.finishedAt === undefined ? "" : `, finished ${escapeHtml(times.finishedAt)}`}`,
      ],
    ]),
    details(
      "Time of each stage, in seconds",
      definitionTable(Object.entries(times.stages).map(([name, seconds]) => [name, seconds.toFixed(1)])),
    ),
    details("Time of each row, in seconds", rowTimes(result)),
    details(
      "Content keys of the stages",
      definitionTable(result.stages.map(({ name, key }) => [name, `<code>${escapeHtml(key)}</code>`])),
    ),
    details(
      "Options of each method",
      definitionTable(
        result.rows.map(({ label, options = {} }) => [
          label,
          `<code>${escapeHtml(JSON.stringify(options))}</code>`,
        ]),
      ),
    ),
    details("Experiment file", `<pre>${escapeHtml(JSON.stringify(experiment.config, null, 2))}</pre>`),
  ].join("");
}

function rowTimes({ times }: Result): string {
  return definitionTable(
    Object.entries(times.rows).map(([label, row]) => [
      label,
      `${row.totalSeconds.toFixed(1)} (unlearning ${row.unlearnSeconds.toFixed(1)}, training of attacks ${row.attackTrainingSeconds.toFixed(1)})`,
    ]),
  );
}

/** Names and values in one line. */
function listed(record: Readonly<Record<string, Json>>): string {
  return Object.entries(record)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === "number" ? count(value) : typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join(", ");
}

function count(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}
