import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalJson, contentKey, type Json } from "../src/content-key.ts";

describe("contentKey", () => {
  it("is the SHA-256 of the text that a reader would write down", () => {
    // printf '%s' '{"a":[1,true,null],"b":"x"}' | sha256sum
    expect(canonicalJson({ b: "x", a: [1, true, null] })).toBe('{"a":[1,true,null],"b":"x"}');
    expect(contentKey({ b: "x", a: [1, true, null] })).toBe(
      "64156349ae56ec12c2431d0fc0bead67422a2e73b75e882a5853482b247aa396",
    );
  });

  it("does not depend on the order in which names were written", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).toReversed());
        expect(contentKey(reversed as Json)).toBe(contentKey(value as Json));
      }),
    );
  });

  it("is the same for a value and its JSON copy, and parses back to the value", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = JSON.parse(canonicalJson(value as Json)) as Json;
        expect(copy).toEqual(JSON.parse(JSON.stringify(value)));
        expect(contentKey(copy)).toBe(contentKey(value as Json));
      }),
    );
  });

  it("tells different values apart", () => {
    const values: Json[] = [
      null,
      0,
      1,
      "1",
      "",
      [],
      {},
      [1],
      [[1]],
      { a: 1 },
      { a: "1" },
      "\ud800",
      "\ufffd",
    ];
    expect(new Set(values.map(contentKey)).size).toBe(values.length);
  });

  const circle: unknown[] = [];
  circle.push(circle);
  it.each([
    ["NaN", { rate: Number.NaN }, "NaN at value.rate"],
    ["infinity", [1, Number.POSITIVE_INFINITY], "Infinity at value[1]"],
    ["undefined", { a: { b: undefined } }, "type undefined at value.a.b"],
    // oxlint-disable-next-line no-sparse-arrays
    ["a hole in an array", [1, , 3], "type undefined at value[1]"],
    ["a function", { f: () => 1 }, "type function at value.f"],
    ["a bigint", 1n, "type bigint at value"],
    ["a date", { when: new Date(0) }, "an instance of Date at value.when"],
    ["a typed array", new Float32Array(2), "an instance of Float32Array at value"],
    ["a circle", circle, "a reference back to an object that holds it at value[0]"],
  ])("refuses %s and says where it stands", (_, value, message) => {
    expect(() => contentKey(value as Json)).toThrow(message);
    expect(() => contentKey(value as Json)).toThrow(expect.objectContaining({ code: "OPTION" }));
  });
});
