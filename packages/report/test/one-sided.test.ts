import { describe, expect, it } from "vitest";

import { refuseOneSided } from "../src/one-sided.ts";
import { tableCells } from "../src/table-cells.ts";
import { exampleResult } from "./example-result.ts";

describe("refuseOneSided", () => {
  it.each([
    "MIA (lower is better)",
    "UA ↑",
    "attack success",
    "attackSuccessRate",
    "mia-accuracy",
    "MIA acc",
    "privacy score",
    "privacyScore",
    "certified unlearning",
  ])("refuses %s", (name) => {
    expect(() => refuseOneSided(name, "column 1")).toThrow(/^report: column 1 must name/);
  });

  it("lets the names of our own table and of methods through", () => {
    const { columns, rows } = tableCells(exampleResult);
    for (const name of [
      ...columns,
      ...rows.map(([label]) => label as string),
      "gradient-ascent",
      "MIA-efficacy",
    ]) {
      expect(() => refuseOneSided(name, "column 1")).not.toThrow();
    }
  });
});
