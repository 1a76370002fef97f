import { describe, expect, it } from "vitest";

import { parseFashionMnist } from "../src/index.ts";
import { smallFashion } from "./small-fashion-mnist.ts";

describe("parseFashionMnist", () => {
  it("puts test images behind training images", () => {
    const { dataset, parts, augmentation } = parseFashionMnist(smallFashion);
    expect(dataset.size).toBe(16);
    expect(dataset.imageShape).toEqual([28, 28, 1]);
    expect([...dataset.pixels.subarray(0, 3)]).toEqual([0, 13, 26]);
    expect([...dataset.pixels.subarray(12 * 784, 12 * 784 + 3)]).toEqual([0, 13, 26]);
    expect([...dataset.labels.subarray(10)]).toEqual([0, 1, 0, 1, 2, 3]);
    expect([...parts.test]).toEqual([12, 13, 14, 15]);
    expect(dataset.classNames[9]).toBe("Ankle boot");
    expect(augmentation).toBe("none");
  });

  it("refuses exchanged files and files of different parts", () => {
    const { trainImages, trainLabels, testLabels } = smallFashion;
    expect(() =>
      parseFashionMnist({ ...smallFashion, trainImages: trainLabels, trainLabels: trainImages }),
    ).toThrow(/expected training images of shape \[n, 28, 28\] and labels \[n\], found \[12\]/);
    expect(() => parseFashionMnist({ ...smallFashion, trainLabels: testLabels })).toThrow(
      /a label for each of the 12 training images, found 4/,
    );
  });
});
