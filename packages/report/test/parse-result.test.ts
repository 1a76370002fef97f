import { describe, expect, it } from "vitest";

import type { AttackReading, MadeOf, ModelAudit } from "../src/audit.ts";
import { parseResult } from "../src/parse-result.ts";
import type { Result, Row } from "../src/result.ts";
import { exampleResult, withAudits, withEnsemble, withoutOracle } from "./example-result.ts";

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
      changed((copy) => Object.assign(copy, { schemaVersion: 5 })),
      "must be 2 or 3 or 4, found 5",
    ],
    [
      "version 1, which knew one retrained model",
      changed((copy) => Object.assign(copy, { schemaVersion: 1 })),
      "must be 2 or 3 or 4, found 1; read it with the version of LTU that wrote it, or make it again.",
    ],
    ["no version", {}, "must be 2 or 3 or 4, found none"],
    ["something that is no object", null, "must be 2 or 3 or 4, found none"],
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

  describe("what attacks were made of", () => {
    const made = (parts: Partial<MadeOf>): MadeOf => ({
      data: "d0",
      fittingSamples: { count: 3, sha256: "a1" },
      seeds: ["1/attacks"],
      shadowModels: ["s1"],
      families: ["confidence"],
      ...parts,
    });
    const others = { fittingSamples: { count: 3, sha256: "b2" }, seeds: ["1/audit"], shadowModels: ["s2"] };
    /** The last row with feedback, and one attack on it. */
    const attacked = (madeOf: MadeOf, rest: Partial<AttackReading> = {}): Result => {
      const result = withAudits();
      const rows = result.rows.map((row, i) =>
        i < result.rows.length - 1 || row.audit === undefined
          ? row
          : {
              ...row,
              feedback: made({}),
              audit: {
                ...row.audit,
                attacks: row.audit.attacks.slice(1).map((attack) => ({ ...attack, madeOf, ...rest })),
              },
            },
      );
      return { ...result, rows };
    };

    it.each<[string, Partial<MadeOf>, string]>([
      ["a family", { families: ["confidence", "rmia"] }, "shares confidence with"],
      ["a stream", { seeds: ["1/attacks"] }, "shares 1/attacks with"],
      ["a shadow model", { shadowModels: ["s1"] }, "shares s1 with"],
      ["its fitting samples", { fittingSamples: { count: 3, sha256: "a1" } }, "shares samples with"],
    ])("refuses numbers of an attack that shares %s with feedback and has no mark", (_, shared, message) => {
      const madeOf = made({ ...others, families: ["rmia"], ...shared });
      expect(() => parseResult(attacked(madeOf))).toThrow(`rows[5].audit.attacks[0] must have a mark`);
      expect(() => parseResult(attacked(madeOf))).toThrow(message);
      expect(parseResult(attacked(madeOf, { mark: "shared" }))).toBeDefined();
      const reading = { reason: "SHARED_WITH_FEEDBACK", detail: "" };
      expect(parseResult(attacked(madeOf, { reading }))).toBeDefined();
    });

    it("takes one that shares nothing, or the indexes of other data", () => {
      expect(parseResult(attacked(made({ ...others, families: ["rmia"] })))).toBeDefined();
      const elsewhere = made({
        ...others,
        data: "d1",
        families: ["rmia"],
        fittingSamples: made({}).fittingSamples,
      });
      expect(parseResult(attacked(elsewhere))).toBeDefined();
    });

    it("refuses scores of other images than those of the result", () => {
      const scored = (forget: (number | null)[], unseen: (number | null)[]): unknown => {
        const result = withAudits();
        const audit = result.original.audit as ModelAudit;
        const attacks = audit.attacks.map((attack) => ({
          ...attack,
          reading: { ...attack.reading, scores: { forget, unseen } },
        }));
        const audited = {
          transform: "evaluation",
          forget: [3, 4],
          unseen: [7, 8, 9],
          unseenBesideShadows: [8],
        };
        return { ...result, audited, original: { ...result.original, audit: { ...audit, attacks } } };
      };
      for (const unseen of [[1, null, 3], [1]]) expect(parseResult(scored([1, 2], unseen))).toBeDefined();
      expect(() => parseResult(scored([1], [1, 2, 3]))).toThrow(
        "original.audit.attacks[0].reading.scores must have one number or null for each of 2 forgotten and 3 or 1 unseen images, found 1 and 3",
      );
      expect(() => parseResult(scored([1, 2], [1, 2]))).toThrow("found 2 and 2 of loss-threshold");
    });
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
