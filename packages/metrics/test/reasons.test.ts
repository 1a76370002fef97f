import { describe, expect, it } from "vitest";

import { isMissing, reasons, reasonText } from "../src/index.ts";

describe("isMissing", () => {
  it("tells a reason from a number, and from what is neither", () => {
    expect(isMissing({ reason: "NOT_RUN" })).toBe(true);
    for (const other of [0, Number.NaN, undefined, null, { value: 1 }, "NOT_RUN"])
      expect(isMissing(other)).toBe(false);
  });
});

describe("reasonText", () => {
  it("has words for every code, and adds what was found", () => {
    for (const words of Object.values(reasons)) expect(words).toMatch(/^[a-z].*[a-z]$/);
    expect(reasonText({ reason: "NO_ORACLE" })).toBe(reasons.NO_ORACLE);
    expect(reasonText({ reason: "TOO_FEW_MODELS", detail: "found 1" })).toBe(
      "there are too few models for it (found 1)",
    );
  });
});
