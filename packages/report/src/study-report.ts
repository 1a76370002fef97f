import { intervalNote } from "./figures/interval-points.ts";
import { studyClassFigure } from "./figures/study-classes.ts";
import { studyCosineFigure } from "./figures/study-cosine.ts";
import { studyCourseFigures } from "./figures/study-course.ts";
import { studyGapFigure } from "./figures/study-gaps.ts";
import { drawHtml, figureGrid, htmlList, htmlPage } from "./html-page.ts";
import { definitionTable, details, escapeHtml, formatCount, listValues } from "./html-text.ts";
import { studyAttackCells } from "./study-attack-cells.ts";
import { studyCells, studyDetailCells } from "./study-cells.ts";
import { studyClassCells } from "./study-class-cells.ts";
import { studyComparisonCells } from "./study-comparison.ts";
import { studyCostCells } from "./study-cost.ts";
import { studyHeadline } from "./study-headline.ts";
import type { Study } from "./study.ts";

/**
 * A study as one HTML file that needs nothing else: what was found, the figure, the tables, what was not tested and what
 * was run.
 *
 * @returns The text of the file; the same for the same study.
 */
export async function studyReport(study: Study): Promise<string> {
  const { name, data, model, engine, seeds, axis } = study;
  const subtitle = `${data.name}, ${formatCount(data.counts["forget"] ?? 0)} of ${formatCount(data.counts["train"] ?? 0)} training images to forget; ${model.name} with ${formatCount(model.parameters)} parameters; engine ${engine.name}; seeds ${seeds.join(", ")}`;
  const everything = drawHtml(studyDetailCells(study), { label: "Table of all quantities" });
  const [comparisons, cost] = [studyComparisonCells(study), studyCostCells(study)];
  const [attacks, classes] = [studyAttackCells(study), studyClassCells(study)];
  return htmlPage({ title: `Study: ${name}`, subtitle, headline: studyHeadline(study) }, [
    ["Avg. Gap", await figureGrid([studyGapFigure(study)], { wide: true, note: intervalNote })],
    ["Results", drawHtml(studyCells(study), { label: "Table of results" })],
    [
      "Comparisons",
      comparisons === undefined ? "" : drawHtml(comparisons, { label: "Table of comparisons" }),
    ],
    [
      "Classes beside the forgotten one",
      classes === undefined
        ? ""
        : `${await figureGrid([studyClassFigure(study)], { wide: true, note: intervalNote })}${drawHtml(classes, { label: "Table of classes" })}`,
    ],
    ["Attacks", attacks === undefined ? "" : drawHtml(attacks, { label: "Table of attacks" })],
    ["Along the axis", await figureGrid(studyCourseFigures(study), { wide: true })],
    ["Cost", cost === undefined ? "" : drawHtml(cost, { label: "Table of costs" })],
    ["Every quantity", axis === undefined ? "" : details("Table of all quantities", everything)],
    ["Conflict over time", await figureGrid([studyCosineFigure(study)], { wide: true })],
    ["What was not tested", htmlList(notTested(study))],
    ["What was run", whatWasRun(study)],
  ]);
}

/** The scope that every record of a study must state. */
function notTested({ seeds, rows, data, oracles = [] }: Study): string[] {
  return [
    seeds.length < 3
      ? `Chance: ${seeds.length} ${seeds.length === 1 ? "seed gives no interval" : "seeds give intervals so wide that only large effects show"}.`
      : `Chance beyond ${seeds.length} seeds. Each has its own split, original and retrained model${
          oracles.some(({ heldOut }) => heldOut > 0)
            ? "s"
            : "; how far two retrained models of one split are from each other was not measured"
        }.`,
    ...(rows.some(({ notHeldOut }) => notHeldOut !== undefined)
      ? [
          "Held-out attack: MIA and |AUC - 1/2| of the marked rows read a signal that was used while unlearning.",
        ]
      : []),
    `Other data, models, sizes and forget sets than ${data.name} at the sizes named above: the order of effects may differ there.`,
    "Equal tuning: options stand as the study file gives them; only rows that say so were tuned again.",
    "Proof: these are measurements. They are no certificate that anything was deleted.",
  ];
}

function whatWasRun(study: Study): string {
  const { name, description, rows, engine, machine, versions, data, times, stages, config } = study;
  return [
    definitionTable([
      ["Study", escapeHtml(description === "" ? name : `${name}: ${description}`)],
      ["Images", escapeHtml(listValues(data.counts))],
      ["Engine", escapeHtml(listValues(engine))],
      ["Machine", escapeHtml(listValues(machine))],
      ["Versions", escapeHtml(listValues(versions))],
      ["Stages", `${stages.length}, each once`],
      [
        "Time of this run",
        `${times.totalSeconds.toFixed(1)} s${times.finishedAt === undefined ? "" : `, finished ${escapeHtml(times.finishedAt)}`}`,
      ],
    ]),
    details(
      "What each row changes",
      definitionTable(
        rows.map(({ label, changes }) => [
          label,
          changes === undefined ? "-" : `<code>${escapeHtml(JSON.stringify(changes))}</code>`,
        ]),
      ),
    ),
    details("Study file", `<pre>${escapeHtml(JSON.stringify(config, null, 2))}</pre>`),
  ].join("");
}
