import { describe, expect, it } from "vitest";

import { notTested } from "../src/not-tested.ts";
import { exampleResult, withEnsemble, withoutOracle } from "./example-result.ts";

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
});
