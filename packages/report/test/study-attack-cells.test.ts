import { describe, expect, it } from "vitest";

import { studyCourseFigures } from "../src/figures/study-course.ts";
import { studyAttackCells } from "../src/study-attack-cells.ts";
import { studyReport } from "../src/study-report.ts";
import { studyMarkdown, studyTable } from "../src/study-table.ts";
import type { Study, StudyAttack } from "../src/study.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

const strength = {
  auc: 0.7,
  aucInterval: { low: 0.6, high: 0.8 },
  tpr: [{ reason: "TOO_FEW_SAMPLES" as const }, { fpr: 0.01, estimate: 0.2, low: 0.1, high: 0.3 }],
  turnedTpr: [],
  smallestFpr: 0.01,
  samples: { forget: 10, unseen: 10, leftOut: 0 },
};
const mark = "shared: families (rmia)";

/** A study with one evaluator on two of its rows, marked on the first. */
function attacked(study: Study, label = "LTU", other = "do-nothing"): Study {
  const values = study.axis?.values ?? [undefined];
  return {
    ...study,
    attacks: values.flatMap((value) =>
      study.seeds.flatMap((seed): StudyAttack[] => {
        const place = {
          role: "row" as const,
          seed,
          ...(value === undefined ? {} : { value }),
          attack: "rmia",
        };
        return [
          { ...place, model: label, mark, reading: strength },
          { ...place, model: other, reading: strength },
        ];
      }),
    ),
  };
}

describe("evaluators of a study that share with the feedback of a row", () => {
  it("are marked in the table of attacks, with what they share", () => {
    const { rows, notes } = studyAttackCells(attacked(exampleStudy)) ?? { rows: [], notes: [] };
    expect(rows.map(([model, attack]) => [model, attack])).toEqual([
      ["LTU", "rmia†"],
      ["do-nothing", "rmia"],
    ]);
    expect(rows[0]?.slice(2)).toEqual(["0.700 ± 0.000", "0.200 ± 0.000", "20.0 ± 0.0", "n/a"]);
    expect(notes.join(" ")).toContain(`† No independent audit: rmia on LTU (${mark}).`);
  });

  it("mark the row in every form of the report", async () => {
    const study = attacked(exampleStudy);
    const forms = [studyTable(study, { width: 2000 }), studyMarkdown(study), await studyReport(study)];
    for (const form of forms) {
      expect(form).toContain("LTU†");
      expect(form).not.toContain("do-nothing†");
      expect(form).toContain("no independent audit of this row");
    }
    expect(studyTable(exampleStudy)).not.toContain("†");
  });

  it("mark the row along an axis, in its table and in the figure of the attack", () => {
    const [, { label } = { label: "" }, { label: other } = { label: "" }] = exampleSweep.rows;
    const study = attacked(exampleSweep, label, other);
    expect(studyTable(study)).toContain(`${label}†`);
    const figure = studyCourseFigures(study).find(({ id }) => id === "study-course-rmia");
    expect(figure?.alt).toContain(`${label}† at`);
    expect(figure?.alt).not.toContain(`${other}†`);
  });
});
