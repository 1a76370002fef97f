import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { auditInput, hasScores, labelOnly, type QueryView } from "../../src/evaluators/index.ts";
import { outputsWith, samplesWith } from "./shadow-table.ts";

const view = (noise: number, ...phi: number[]): QueryView => ({ noise, outputs: outputsWith(phi) });
const audit = (views: readonly QueryView[], form: "votes" | "boundary") =>
  labelOnly({ form }).evaluate(auditInput({ score: { ...samplesWith([1, 1]), views } }));
const scoresOf = (views: readonly QueryView[], form: "votes" | "boundary"): number[] => {
  const result = audit(views, form);
  if (!hasScores(result)) throw new Error(result.detail);
  return [...result.scores];
};

describe("labelOnly", () => {
  it("counts the augmented views that are classified right", () => {
    const views = [view(0, 1, -1), view(0, 2, 3), view(0, 3, -2), view(0, 4, -4), view(9, -1, -1)];
    expect(scoresOf(views, "votes")).toEqual([1, 0.25]);
  });

  it("measures the mean noise until the label flips", () => {
    // Sample 0 is right up to noise 2; of sample 1 one of two copies is right at noise 1, none at 2.
    const views = [view(0, 1, 1), view(1, 1, 1), view(1, 1, -1), view(2, 1, -1), view(2, 1, -1)];
    expect(scoresOf(views, "boundary")).toEqual([2, 0.75 + 0.25]);
  });

  it("gives equal distances equal scores, whatever they are summed from", () => {
    // Right up to 0.1 and half of the way to 0.2, or half of each of three ways: 0.15.
    const views = [view(0, 1, 1), view(0.1, 1, -1), view(0.2, -1, 1), view(0.3, -1, -1)];
    const [first, second] = scoresOf(views, "boundary");
    expect(first).toBe(0.15);
    expect(second).toBe(first);
  });

  it("reads nothing but the predicted class", () => {
    const phi = fc.double({ min: 0.01, max: 90, noNaN: true });
    fc.assert(
      fc.property(phi, phi, (a, b) => {
        const views = (size: number): QueryView[] => [
          view(0, size, -size),
          view(1, -size, size),
          view(2, size, size),
        ];
        for (const form of ["votes", "boundary"] as const) {
          expect(scoresOf(views(a), form)).toEqual(scoresOf(views(b), form));
        }
      }),
    );
  });

  it("has a reason where there are too few views", () => {
    expect(audit([view(1, 1, 1)], "votes")).toMatchObject({ reason: "NO_VIEWS" });
    expect(audit([view(1, 1, 1)], "boundary")).toMatchObject({
      reason: "NO_VIEWS",
      detail: expect.stringContaining(
        "at least two strengths of noise, found 1 views of strength 1",
      ) as string,
    });
  });
});
