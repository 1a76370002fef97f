import { describe, expect, it } from "vitest";

import { refreshDue } from "../src/index.ts";

describe("refreshDue", () => {
  it("is due before the first epoch and every so many after it", () => {
    const due = (every: number): number[] =>
      [0, 1, 2, 3, 4, 5, 6].filter((epoch) => refreshDue(epoch, { every }));
    expect(due(0)).toEqual([0]);
    expect(due(1)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(due(3)).toEqual([0, 3, 6]);
  });

  it("refuses numbers that are not whole or below 0", () => {
    expect(() => refreshDue(-1, { every: 1 })).toThrow(
      "epoch must be a whole number of at least 0, found -1",
    );
    expect(() => refreshDue(0, { every: 0.5 })).toThrow("every must be");
  });
});
