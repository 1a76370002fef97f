import type { MadeOf } from "./audit.ts";
import { attackCells, intervalCells } from "./audit-cells.ts";
import { classCells } from "./class-cells.ts";
import { gapPartsFigure } from "./figures/gap-parts.ts";
import { phiFigure } from "./figures/phi-distributions.ts";
import { rocFigure } from "./figures/roc.ts";
import { tradeOffFigure } from "./figures/trade-off.ts";
import { trainingCurveFigures } from "./figures/training-curves.ts";
import { historyFigures } from "./figures/unlearning-history.ts";
import { ensembleCells } from "./ensemble-cells.ts";
import { furtherCells } from "./further-cells.ts";
import { headline, mainRow } from "./headline.ts";
import { drawHtml, figureGrid, htmlList, htmlPage } from "./html-page.ts";
import { definitionTable, details, escapeHtml, formatCount, listValues } from "./html-text.ts";
import { notTested } from "./not-tested.ts";
import { oracleUnitCells } from "./oracle-units.ts";
import type { Result, Row } from "./result.ts";
import { tableCells, type TableCells } from "./table-cells.ts";
import { verdictLine, verdicts } from "./verdict.ts";

/**
 * A report as one HTML file that needs nothing else: no script, no request to any host; figures are SVG inside it.
 *
 * It holds what was found and a verdict for each method in plain words, the table, intervals, the parts of each gap, the
 * trade-off, attacks with ROC curves and single images, the course of LTU's runs and of the training, what was not
 * tested, and what was run.
 *
 * @returns The text of the file; the same for the same result.
 */
export async function htmlReport(result: Result): Promise<string> {
  const title = `Unlearning report: ${result.experiment.name}`;
  return htmlPage({ title, subtitle: subtitle(result), headline: headline(result) }, [
    ["Results", results(result)],
    ["In plain words", htmlList(verdicts(result).map(verdictLine), "verdicts")],
    ["Gap with intervals and noise floor", table(intervalCells(result), "Numbers with their intervals")],
    ["Classes beside the forgotten one", table(classCells(result), "Classes beside the forgotten one")],
    ["Attacks", await attacks(result)],
    ["Further measures", table(furtherCells(result), "Further measures")],
    ["Several models of each method", table(ensembleCells(result), "Several models of each method")],
    ["Gap and trade-off", await figureGrid([gapPartsFigure(result), tradeOffFigure(result)])],
    ["The course of LTU", await course(result)],
    ["Training of the original and the retrained model", await figureGrid(trainingCurveFigures(result))],
    ["What was not tested", htmlList(notTested(result))],
    ["What was run", whatWasRun(result)],
  ]);
}

function subtitle({ data, model, engine, seed }: Result): string {
  const { train, forget } = data.counts;
  const images =
    train === undefined || forget === undefined
      ? ""
      : `, ${formatCount(forget)} of ${formatCount(train)} training images to forget`;
  return `${data.name}${images}; ${model.name} with ${formatCount(model.parameters)} parameters; engine ${engine.name}; seed ${seed}`;
}

/** The table, and the same in the spread of the oracles. */
function results(result: Result): string {
  const units = oracleUnitCells(result);
  const table = drawHtml(tableCells(result), { label: "Table of results" });
  return units === undefined
    ? table
    : `${table}${details("In oracle standard deviations", drawHtml(units, { label: "Results in oracle standard deviations" }))}`;
}

function table(cells: TableCells | undefined, label: string): string {
  return cells === undefined ? "" : drawHtml(cells, { label });
}

/** What evaluators find; the figures of every row but the main one are closed at first. */
async function attacks(result: Result): Promise<string> {
  const auc = attackCells(result, "auc");
  if (auc === undefined) return "";
  const controls = attackCells(result, "auc", "others");
  const controlTitle = "AUC on models that no method unlearned, with each method's shadow models";
  const main = mainRow(result);
  const figures = (row: Row): Promise<string> => {
    const i = result.rows.indexOf(row);
    return figureGrid([rocFigure(result, row, `roc-${i}`), phiFigure(result, row, `phi-${i}`)]);
  };
  const others: string[] = [];
  for (const row of result.rows)
    if (row !== main && row.method !== "retrain") others.push(await figures(row));
  return [
    main === undefined ? "" : await figures(main),
    others.join("") === "" ? "" : details("The same of every other method", others.join("")),
    `<h3>AUC of each attack</h3>${table(auc, "AUC of each attack")}`,
    controls === undefined ? "" : details(controlTitle, table(controls, controlTitle)),
    details(
      "True-positive rate at 1 % false positives",
      table(attackCells(result, "tpr"), "True-positive rate at 1 % false positives") +
        table(attackCells(result, "tpr", "others"), "True-positive rate at 1 % false positives, controls"),
    ),
    madeOfTable(result),
  ].join("");
}

/** What feedback was made of, and what every attack on the main row; the firewall compares the two. */
function madeOfTable(result: Result): string {
  const main = mainRow(result);
  const entries = [
    ...result.rows.flatMap(({ label, feedback }) =>
      feedback === undefined ? [] : [[`feedback of ${label}`, madeOfText(feedback)] as const],
    ),
    ...(main?.audit?.attacks ?? []).flatMap(({ attack, madeOf }) =>
      madeOf === undefined ? [] : [[`${attack} on ${main?.label}`, madeOfText(madeOf)] as const],
    ),
  ];
  return entries.length === 0
    ? ""
    : details("What feedback and attacks were made of", definitionTable(entries));
}

function madeOfText({ data, fittingSamples, seeds, shadowModels, families }: MadeOf): string {
  const { count, sha256 } = fittingSamples;
  const code = (text: string): string => `<code>${escapeHtml(text)}</code>`;
  return [
    `reads ${escapeHtml(families.join(", "))}`,
    `fitted on ${count === 0 ? "no image" : `${formatCount(count)} images ${code(sha256.slice(0, 12))}`} of ${code(data.slice(0, 12))}`,
    `streams ${seeds.map((seed) => code(shortened(seed))).join(", ") || "none"}`,
    `shadow and reference models ${shadowModels.map((key) => code(key.slice(0, 12))).join(", ") || "none"}`,
  ].join("; ");
}

/** A stream is named by what it is drawn for, down to every option of a method. */
function shortened(text: string): string {
  return text.length <= 48 ? text : `${text.slice(0, 47)}…`;
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
      ["Images", escapeHtml(listValues(data.counts))],
      ["Model", `${escapeHtml(model.name)}, ${formatCount(model.parameters)} parameters`],
      ["Engine", escapeHtml(listValues(engine))],
      ["Machine", escapeHtml(listValues(result.machine))],
      ["Versions", escapeHtml(listValues(result.versions))],
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
