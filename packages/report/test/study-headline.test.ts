import { describe, expect, it } from "vitest";

import { studyHeadline } from "../src/study-headline.ts";
import { exampleStudy, exampleSweep } from "./example-study.ts";

describe("the headline of a study", () => {
  it("names only changes whose interval leaves out 0", () => {
    const text = studyHeadline(exampleStudy);
    expect(text).toContain('"LTU" ends 3.0 ± 2.5 points');
    expect(text).toContain("Clearly further away: no anchor (+7.2 ± 0.7).");
    expect(text).not.toContain("second order");
    expect(text).toContain("For 1 of 2 changes the interval holds 0");
    expect(text).not.toMatch(/\bbest\b|rank(?!ed)/);
  });

  it("counts pairs of methods whose intervals do not overlap", () => {
    expect(studyHeadline(exampleSweep)).toContain(
      "Of 2 pairs of methods with the same data, 2 have intervals",
    );
  });
});
