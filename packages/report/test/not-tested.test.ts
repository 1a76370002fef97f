import { describe, expect, it } from "vitest";

import { notTested } from "../src/not-tested.ts";
import type { Result } from "../src/result.ts";
import { exampleResult, withAudits, withEnsemble, withoutOracle } from "./example-result.ts";

describe("notTested", () => {
  it("names one seed, single images, the rows without a held-out attack, and that nothing is proven", () => {
    const text = notTested(exampleResult).join("\n");
    expect(text).toContain("one seed, one original and one retrained model");
    expect(text).toContain("U-LiRA");
    expect(text).toContain("Held-out attack: for LTU literal, LTU recommended");
    expect(text).toContain("no certificate");
  });

  it("does not deny the noise floor that was measured", () => {
    const [first] = notTested(withEnsemble());
    expect(first).toContain("One retrained model was held out of 4");
    expect(first).not.toContain("was not measured");
  });

  it("says that closeness was not tested without a retrained model", () => {
    expect(notTested(withoutOracle())[0]).toContain("there is none in this run");
  });

  it("leaves the line on held-out attacks out where every row was audited by one", () => {
    const rows = exampleResult.rows.map(({ notHeldOut: _notHeldOut, ...row }) => row);
    expect(notTested({ ...exampleResult, rows }).join("\n")).not.toContain("Held-out attack");
  });

  it("names the rows without the strongest attacks, how few shadow models are, and relearning unless it was measured", () => {
    const shadows = {
      originals: 8,
      unlearnedBy: ["finetune"],
      perTarget: { member: 4, other: 4 },
      expected: { aucWidth: 0.1, smallestFpr: 0.01 },
    };
    const full: Result = { ...withAudits(), shadows };
    const text = notTested(full).join(" ");
    expect(text).toContain("the strongest of them with 8 shadow models. 8 are few");
    expect(text).toMatch(/For do-nothing, .*LTU recommended no shadow model was unlearned/);
    expect(text).toContain("Relearning:");
    const rows = full.rows.map((row) => ({
      ...row,
      audit: row.audit && { ...row.audit, relearn: { target: 1, steps: 0, losses: [1] } },
    }));
    expect(notTested({ ...full, rows }).join(" ")).not.toContain("Relearning:");
  });
});
