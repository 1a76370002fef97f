import { describe, expect, it } from "vitest";

import { attackStrength, isMissing, reportedFprs, type TprAtFpr } from "../src/index.ts";
import { normals, seeded } from "./random.ts";

describe("attackStrength", () => {
  it("gives every rate a number with its interval or a reason, and the numbers of samples", () => {
    const random = seeded(2);
    const found = attackStrength(
      normals(random, 150).map((x) => x + 1),
      normals(random, 300),
    );
    expect(found.tpr).toHaveLength(reportedFprs.length);
    expect(found.tpr.map(isMissing)).toEqual([false, false, true, false]);
    expect(found.samples).toEqual({ members: 150, nonMembers: 300 });
    expect(found.smallestFpr).toBe(1 / 300);
    expect(found.distance).toBeCloseTo(found.auc - 0.5, 12);
  });

  it("shows an attack with a turned sign in the other direction", () => {
    const random = seeded(2);
    const members = normals(random, 200).map((x) => x - 2);
    const others = normals(random, 200);
    const found = attackStrength(members, others);
    const straight = attackStrength(
      members.map((x) => -x),
      others.map((x) => -x),
    );
    expect(found.distance).toBeCloseTo(straight.distance, 12);
    expect(found.turnedTpr).toEqual(straight.tpr);
    expect((found.turnedTpr[0] as TprAtFpr).estimate).toBeGreaterThan(
      5 * (found.tpr[0] as TprAtFpr).estimate,
    );
  });
});
