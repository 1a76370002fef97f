import { isLtuError } from "@ltu/core";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { applyOverrides, parseStrict } from "../src/strict-json.ts";

const json = { methods: [{ name: "a" }], data: { train: 1 } };

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (isLtuError(error)) return `${error.code} ${error.message}`;
    throw error;
  }
  return "";
}

describe("applyOverrides", () => {
  it("sets values as JSON, or as text, and leaves what it was given as it is", () => {
    const changed = applyOverrides(json, ["data.train=5", "data.name=cifar", "model.options.hidden=[3]"]);
    expect(changed).toEqual({
      methods: [{ name: "a" }],
      data: { train: 5, name: "cifar" },
      model: { options: { hidden: [3] } },
    });
    expect(json.data).toEqual({ train: 1 });
  });

  it("changes a list at its places and at its end, and nowhere else", () => {
    expect(applyOverrides(json, ["methods.0.name=b", "methods.1.name=c"])).toEqual({
      ...json,
      methods: [{ name: "b" }, { name: "c" }],
    });
    for (const key of ["methods.2.name", "methods.x", "methods.length", "methods.-1", "methods.01"])
      expect(refusal(() => applyOverrides(json, [`${key}=0`]))).toMatch(/^OPTION .*a list of 1.*from 0 to 1/);
  });

  it("reaches no prototype", () => {
    for (const key of ["__proto__.polluted", "data.__proto__.polluted", "__proto__"])
      expect(refusal(() => applyOverrides(json, [`${key}=1`]))).toMatch(/^OPTION .*__proto__/);
    // What an object inherits is no place of it.
    expect(applyOverrides({}, ["constructor.prototype.polluted=1"])).toEqual({
      constructor: { prototype: { polluted: 1 } },
    });
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("leaves what is no object to the check", () => {
    for (const other of [null, [], 3, "text"]) expect(applyOverrides(other, ["a=1"])).toEqual(other);
    expect(
      refusal(() => parseStrict(z.strictObject({}), null, { what: "experiment", source: "x.json" })),
    ).toBe(
      "OPTION experiment x.json: the whole of it is not valid (Invalid input: expected object, received null); correct it.",
    );
  });

  it("refuses an override that has no value", () => {
    for (const override of ["", "abc", "=3"])
      expect(refusal(() => applyOverrides(json, [override]))).toMatch(
        /^OPTION --set: expected key\.path=value/,
      );
  });
});
