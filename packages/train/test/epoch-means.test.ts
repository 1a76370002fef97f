import { describe, expect, it } from "vitest";

import { epochMeans } from "../src/index.ts";

describe("epochMeans", () => {
  it("means the steps of each epoch", () => {
    expect(epochMeans([6, 4, 2, 0], 2)).toEqual([5, 1]);
    expect(epochMeans([6, 4, 2, 0], 4)).toEqual([6, 4, 2, 0]);
  });

  it("is empty for an empty series", () => {
    expect(epochMeans([], 3)).toEqual([]);
  });
});
