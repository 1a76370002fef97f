import { InvalidArgumentError } from "commander";
import { describe, expect, it } from "vitest";

import { repeated, someText, wholeNumber, wholeNumbers } from "../src/typed-values.ts";

describe("values as typed", () => {
  it.each(["", " ", "\t"])("refuse %j, which holds nothing", (text) => {
    for (const parse of [someText, wholeNumber(), wholeNumbers(), repeated(someText)])
      expect(() => parse(text)).toThrow(InvalidArgumentError);
  });

  it("take whole numbers in decimal digits and between their bounds", () => {
    const percent = wholeNumber({ least: 1, most: 100 });
    expect([percent("1"), percent("007"), percent("100")]).toEqual([1, 7, 100]);
    for (const text of ["0", "101", "1.0", "1e1", "0x10", "ten", "9007199254740993", "Infinity"])
      expect(() => percent(text)).toThrow("It must be a whole number from 1 to 100.");
    expect(() => wholeNumber({ least: 2 })("-3")).toThrow("It must be a whole number of at least 2.");
  });

  it("take lists of different whole numbers, none of them left out", () => {
    expect(wholeNumbers()("3,1,0")).toEqual([3, 1, 0]);
    for (const text of ["1,,2", "1,", ",", "1;2", "1,x"])
      expect(() => wholeNumbers()(text)).toThrow(/whole number/);
    expect(() => wholeNumbers()("1,2,1")).toThrow("Each number must stand once.");
    expect(() => wholeNumbers({ least: 1 })("1,0")).toThrow(/of at least 1/);
  });

  it("gather an option that is repeated", () => {
    const numbers = repeated(wholeNumber());
    expect(numbers("4", numbers("5"))).toEqual([5, 4]);
  });
});
