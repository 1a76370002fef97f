import { describe, expect, it } from "vitest";

import { parseExperiment } from "../../src/config.ts";
import { arrivedRequests, parseForget, type NamedForget } from "../../src/forget/forget-config.ts";
import { mergeJson } from "../../src/strict-json.ts";
import { tinyExperiment } from "../run-bench.ts";

describe("forget of an experiment", () => {
  it("is read with its defaults", () => {
    expect(parseForget({ share: 0.1 }, "x")).toEqual({ share: 0.1 });
    expect(parseForget({ kind: "duplicates" }, "x")).toEqual({ kind: "duplicates", threshold: 0.98 });
    expect(parseForget({ kind: "memorisation", stratum: "low", count: 3 }, "x")).toMatchObject({ models: 4 });
    expect(parseForget({ kind: "worst-case", count: 3 }, "x")).toMatchObject({
      rounds: 1,
      method: { name: "finetune", options: { retainAccess: "full" } },
    });
    const stream = parseForget({ kind: "requests", sizes: [2, 3] }, "x");
    expect(arrivedRequests(stream as Extract<NamedForget, { kind: "requests" }>)).toBe(2);
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown kind", { kind: "nearNeighbours", count: 3 }, /forget\.kind.*did you mean "near-neighbours"/],
    ["a kind that is near none", { kind: 3 }, /forget\.kind must be one of class, sub-class/],
    ["a misspelt key", { kind: "class", clas: 3, class: 3 }, /"clas".*did you mean "class"/],
    ["a key of another kind", { kind: "class", class: 3, count: 2 }, /"count" is no key/],
    ["a key beside a random set", { count: 3, share: 0.1 }, /"share" is no key of a forget set/],
    ["a dial outside its range", { kind: "overlap", d: 1.5, count: 3 }, /"d" is not valid/],
    [
      "halves that have no pair",
      { kind: "memorisation", stratum: "low", count: 3, models: 3 },
      /even number/,
    ],
    ["more requests than there are", { kind: "requests", sizes: [2], upTo: 2 }, /at most the 1 requests/],
    ["nothing", {}, /"share"/],
  ])("is refused with %s", (_, forget, pattern) => {
    expect(() => parseExperiment({ ...tinyExperiment, forget }, "x")).toThrow(pattern);
  });

  it("replaces another kind as a whole when it is laid over it", () => {
    const base = { forget: { share: 0.1 }, data: { train: 3 } };
    expect(mergeJson(base, { forget: { kind: "class", class: 3 } })).toEqual({
      forget: { kind: "class", class: 3 },
      data: { train: 3 },
    });
  });
});
