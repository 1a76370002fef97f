import { describe, expect, it } from "vitest";

import { parseResult } from "../src/parse-result.ts";
import type { Result, Row } from "../src/result.ts";
import { exampleResult, withEnsemble, withoutOracle } from "./example-result.ts";

/** The example with one change made to a deep copy. */
function changed(change: (copy: Record<string, never> & Result) => void): unknown {
  const copy = structuredClone(exampleResult) as Record<string, never> & Result;
  change(copy);
  return copy;
}

/** A writable view on a row of the copy. */
const rowOf = (copy: Result, i: number): Record<string, unknown> =>
  copy.rows[i] as unknown as Record<string, unknown>;

describe("parseResult", () => {
  it("gives back what was written, also through JSON", () => {
    expect(parseResult(JSON.parse(JSON.stringify(exampleResult)))).toEqual(exampleResult);
    expect(parseResult(withoutOracle())).toEqual(withoutOracle());
    expect(parseResult(withEnsemble())).toEqual(withEnsemble());
  });

  it.each([
    [
      "an unknown version",
      changed((copy) => Object.assign(copy, { schemaVersion: 4 })),
      "must be 2 or 3, found 4",
    ],
    [
      "version 1, which knew one retrained model",
      changed((copy) => Object.assign(copy, { schemaVersion: 1 })),
      "must be 2 or 3, found 1; read it with the version of LTU that wrote it, or make it again.",
    ],
    ["no version", {}, "must be 2 or 3, found none"],
    ["something that is no object", null, "must be 2 or 3, found none"],
    ["an unknown name", changed((copy) => Object.assign(copy, { extra: 1 })), 'unknown name "extra"'],
    [
      "a missing part",
      changed((copy) => delete (copy as Partial<Record<keyof Result, unknown>>).curves),
      "curves",
    ],
    ["two rows of one label", changed((copy) => (rowOf(copy, 1)["label"] = "retrain")), '"retrain" twice'],
    [
      "a row without times",
      changed((copy) => delete (copy.times.rows as Record<string, unknown>)["finetune"]),
      'none for "finetune"',
    ],
    [
      "a percentage above 100",
      changed((copy) => Object.assign(rowOf(copy, 1)["metrics"] as object, { ra: 101 })),
      "rows[1].metrics.ra",
    ],
  ])("refuses %s and says where", (_, json, message) => {
    expect(() => parseResult(json)).toThrow(RangeError);
    expect(() => parseResult(json)).toThrow(message);
  });

  it("refuses a metric that is neither a number nor a reason", () => {
    const keys = ["ua", "ra", "ta", "miaEfficacy", "aucForgetTest"];
    for (const key of keys) {
      for (const nothing of [undefined, null, Number.NaN]) {
        const json = changed((copy) =>
          Object.assign(rowOf(copy, 2)["metrics"] as object, { [key]: nothing }),
        );
        expect(() => parseResult(json)).toThrow(`rows[2].metrics.${key}`);
      }
    }
  });

  it("takes a reason code in place of a metric, but no free text", () => {
    const withReason = (reason: string): unknown =>
      changed((copy) => {
        Object.assign(rowOf(copy, 2)["metrics"] as object, { miaEfficacy: { reason } });
        rowOf(copy, 2)["gap"] = { reason };
      });
    expect(parseResult(withReason("TOO_FEW_SAMPLES")).rows[2]?.metrics.miaEfficacy).toEqual({
      reason: "TOO_FEW_SAMPLES",
    });
    expect(() => parseResult(withReason("did not feel like it"))).toThrow("rows[2].metrics.miaEfficacy");
  });

  it("refuses a gap without a retrained model to measure from", () => {
    const json = { ...exampleResult, oracles: withoutOracle().oracles, rows: exampleResult.rows.slice(1) };
    expect(() => parseResult(json)).toThrow("a gap without its reference is not defined");
  });

  it("refuses a gap that is not the distance to the retrained model of the same table", () => {
    const json = changed((copy) => Object.assign(rowOf(copy, 1)["gap"] as object, { value: 3 }));
    expect(() => parseResult(json)).toThrow("rows[1].gap must be the mean distance");
    expect(() => parseResult(changed((copy) => (rowOf(copy, 1)["gap"] = { reason: "NOT_RUN" })))).toThrow(
      "measure from it",
    );
  });

  it.each<[string, (copy: ReturnType<typeof withEnsemble>) => void, RegExp]>([
    [
      "a retrain row that is one oracle and not the mean",
      ({ rows, oracles }) =>
        Object.assign(rows[0] as object, { metrics: { ...oracles.reference[2]?.metrics } }),
      /ua of the row "retrain" must be the mean over the oracles, 51\.6/,
    ],
    [
      "a noise floor that no held-out oracle has",
      ({ oracles }) => Object.assign(oracles, { noiseFloor: 0.1 }),
      /noiseFloor must be the mean gap of the held-out oracles, 1\.5/,
    ],
    [
      "a held-out gap to something else",
      ({ oracles }) => Object.assign(oracles.heldOut[0]?.gap as object, { value: 0 }),
      /heldOut\[0\]\.gap must be the mean distance/,
    ],
    ["another spread", ({ oracles }) => Object.assign(oracles.sd, { ta: 9 }), /oracles\.sd\.ta must be 1/],
    [
      "a signal where there is none",
      ({ oracles }) => Object.assign(oracles.contrast.ra as object, { signal: true }),
      /contrast\.ra does not follow/,
    ],
    ["oracles without their row", ({ rows }) => (rows as unknown[]).splice(0, 1), /models behind the row/],
  ])("refuses %s", (_, change, pattern) => {
    const copy = structuredClone(withEnsemble());
    change(copy);
    expect(() => parseResult(copy)).toThrow(pattern);
  });

  it("refuses names that read a membership number in one direction", () => {
    const renamed = (label: string): unknown =>
      changed((copy) => {
        const row = copy.rows[1] as Row;
        (copy.times.rows as Record<string, unknown>)[label] = copy.times.rows[row.label];
        rowOf(copy, 1)["label"] = label;
      });
    expect(() => parseResult(renamed("certified LTU"))).toThrow("no empirical audit shows");
    expect(parseResult(renamed("LTU, another"))).toBeDefined();
    const extraMetric = changed((copy) =>
      Object.assign(rowOf(copy, 1)["metrics"] as object, { attackSuccess: 1 }),
    );
    expect(() => parseResult(extraMetric)).toThrow("an attacker may turn the score round");
  });
});
