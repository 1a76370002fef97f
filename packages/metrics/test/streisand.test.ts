import { describe, expect, it } from "vitest";

import { streisand } from "../src/index.ts";

const oracles = [0.55, 0.56, 0.54, 0.555];

describe("streisand", () => {
  it("names the direction in which the forget set stands out, from the oracles on and not from one half", () => {
    expect(streisand(0.7, oracles).standsOut).toBe("under-forgotten");
    expect(streisand(0.55, oracles).standsOut).toBe("as-oracle");
    // Chance is no excuse where retrained models give 0.55.
    expect(streisand(0.4, oracles).standsOut).toBe("over-forgotten");
    expect(streisand(0.5, oracles)).toMatchObject({ standsOut: "over-forgotten" });
  });

  it("does not tell with one oracle, but still measures the difference", () => {
    const found = streisand(0.7, [0.5]);
    expect(found).toMatchObject({ standsOut: "not-told", oracle: { reason: "TOO_FEW_MODELS" } });
    expect(found.difference).toBeCloseTo(0.2, 12);
  });

  it("refuses what is no AUC", () => {
    expect(() => streisand(70, oracles)).toThrow(/from 0 to 1, found 70/);
    expect(() => streisand(0.5, [])).toThrow(/at least one number in oracleAucs/);
  });
});
