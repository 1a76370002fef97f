import { describe, expect, it } from "vitest";

import { indentedJson } from "../src/indented-json.ts";

describe("indentedJson", () => {
  it("gives inner values a line each, and the same value back", () => {
    const value = { a: [{ b: 1, c: [2, 3] }, { d: '"@' }], e: [], f: undefined, g: null };
    const text = indentedJson(value, { depth: 2 });
    expect(text).toBe(
      '{\n  "a": [\n    {"b":1,"c":[2,3]},\n    {"d":"\\"@"}\n  ],\n  "e": [],\n  "g": null\n}',
    );
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
  });
});
