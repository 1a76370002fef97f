import { describe, expect, it } from "vitest";

import { studyCosineFigure } from "../../src/figures/study-cosine.ts";
import { exampleStudy } from "../example-study.ts";

describe("studyCosineFigure", () => {
  it("has one small figure for each row with a cosine", () => {
    expect(studyCosineFigure(exampleStudy)?.alt).toContain("LTU -0.08, no anchor -0.08");
    const runs = exampleStudy.runs.map((run) => ({ ...run, cosine: undefined }));
    expect(studyCosineFigure({ ...exampleStudy, runs })).toBeUndefined();
  });
});
