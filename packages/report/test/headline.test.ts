import { describe, expect, it } from "vitest";

import { headline, mainRow } from "../src/headline.ts";
import { exampleResult, withoutOracle } from "./example-result.ts";

describe("headline", () => {
  it("says in plain words how far LTU and the untouched model are from the retrained one, and at what cost", () => {
    expect(headline(exampleResult)).toBe(
      "LTU recommended, with 30 % of the retained data, ends 1.6 points (Avg. Gap) from a model retrained without the 500 forgotten images; the original model, left as it is, is 32.3 points away. It took 30.5 s, 50 % of what retraining takes.",
    );
  });

  it("claims nothing without a retrained model", () => {
    expect(headline(withoutOracle())).toBe(
      "This run has no retrained model, so it cannot say how close LTU recommended comes to one.",
    );
  });

  it("says when the distance could not be measured", () => {
    const rows = exampleResult.rows.map((row) => ({ ...row, gap: { reason: "NO_SIGNAL" } as const }));
    expect(headline({ ...exampleResult, rows })).toContain("could not be measured");
  });

  it("speaks of the recommended set before other rows of LTU, and of those before other methods", () => {
    expect(mainRow(exampleResult)?.label).toBe("LTU recommended");
    expect(mainRow({ rows: exampleResult.rows.slice(0, 5) })?.label).toBe("LTU literal");
    expect(mainRow({ rows: exampleResult.rows.slice(0, 4) })?.label).toBe("finetune");
    expect(mainRow({ rows: exampleResult.rows.slice(0, 2) })).toBeUndefined();
  });
});
