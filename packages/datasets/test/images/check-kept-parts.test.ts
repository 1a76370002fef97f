import { describe, expect, it } from "vitest";

import { checkKeptParts } from "../../src/images/check-kept-parts.ts";

const check = (labels: readonly number[], train: readonly number[], test: readonly number[]) =>
  checkKeptParts(
    {
      classNames: ["cats", "dogs"],
      labels: Int32Array.from(labels),
      parts: { train: Int32Array.from(train), test: Int32Array.from(test) },
    },
    { where: "load", path: "photos" },
  );

describe("checkKeptParts", () => {
  it("passes data with a training image in each class and a test image in one", () => {
    expect(() => check([0, 1, 1], [0, 1], [2])).not.toThrow();
  });

  it("names a class that has no training image, though it may have one to test", () => {
    expect(() => check([0, 0, 1], [0, 1], [2])).toThrow(
      /^load: photos: expected a picture to train on in each class, found none in dogs; replace its files or remove the class\.$/,
    );
    expect(() => check([1, 1], [0], [1])).toThrow(/found none in cats;/);
  });

  it("refuses data with nothing to test on", () => {
    expect(() => check([0, 1], [0, 1], [])).toThrow(
      /^load: photos: expected a picture to test on, found 2 pictures that all train; add pictures, or replace those that do not decode\.$/,
    );
  });
});
