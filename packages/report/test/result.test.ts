import { describe, expect, it } from "vitest";

import { canonicalResult, oracleRow } from "../src/result.ts";
import { exampleResult, withoutOracle } from "./example-result.ts";

describe("canonicalResult", () => {
  it("is the same text for two runs that differ only in times and machine", () => {
    const times = { ...exampleResult.times, totalSeconds: 1, finishedAt: "2027-01-01T00:00:00Z" };
    const again = { ...exampleResult, times, machine: { cpus: 64 } };
    expect(JSON.stringify(canonicalResult(again))).toBe(JSON.stringify(canonicalResult(exampleResult)));
  });

  it("differs as soon as a number does", () => {
    const other = { ...exampleResult, seed: 2 };
    expect(JSON.stringify(canonicalResult(other))).not.toBe(JSON.stringify(canonicalResult(exampleResult)));
  });

  it("holds everything else", () => {
    const { times: _times, machine: _machine, ...rest } = exampleResult;
    expect(canonicalResult(exampleResult)).toEqual(rest);
  });
});

describe("oracleRow", () => {
  it("is the row of the retrained model, or none", () => {
    expect(oracleRow(exampleResult)?.label).toBe("retrain");
    expect(oracleRow(withoutOracle())).toBeUndefined();
  });
});
