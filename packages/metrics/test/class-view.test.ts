import { describe, expect, it } from "vitest";

import { classView, type LabelledLogits } from "../src/index.ts";

/** Rows that answer with the given class, whatever the label. */
const set = (answers: readonly number[], labels: readonly number[], classes: number): LabelledLogits => ({
  logits: answers.flatMap((answer) => Array.from({ length: classes }, (_, k) => (k === answer ? 1 : 0))),
  labels,
  classes,
});

describe("classView", () => {
  it("counts by hand: class 2 of three is forgotten and class 0 suffers", () => {
    const forget = set([0, 1, 2, 0], [2, 2, 2, 2], 3);
    const test = set([0, 2, 1, 1, 2, 0, 0], [0, 0, 1, 1, 2, 2, 2], 3);
    const options = { testClasses: test.labels, classCount: 3, forgotten: 2 };
    const view = classView({ forget, test }, options);
    expect(view.unseenUa).toBeCloseTo(200 / 3, 10);
    expect(view.accuracy).toEqual([50, 100, expect.closeTo(100 / 3, 10)]);
    expect(view.toForgotten).toEqual([50, 0, expect.closeTo(100 / 3, 10)]);
    expect(view.answers.forget).toEqual([50, 25, 25]);
    expect(view.answers.unseen.map(Math.round)).toEqual([67, 0, 33]);
  });

  it("takes classes within labels apart: label 0 holds the classes 0 and 1, and 1 is forgotten", () => {
    const forget = set([1], [0], 2);
    const test = set([0, 0, 1, 0, 1], [0, 0, 0, 0, 1], 2);
    const view = classView({ forget, test }, { testClasses: [0, 0, 1, 1, 2], classCount: 4, forgotten: 1 });
    expect(view).toMatchObject({ unseenUa: 50, accuracy: [100, 50, 100, null] });
    expect(view.toForgotten).toEqual([100, 50, 0, null]);
  });

  it("refuses a test set without the class, and classes that are not one a sample", () => {
    const outputs = { forget: set([0], [0], 2), test: set([0], [0], 2) };
    expect(() => classView(outputs, { testClasses: [0], classCount: 2, forgotten: 1 })).toThrow(/found none/);
    expect(() => classView(outputs, { testClasses: [], classCount: 2, forgotten: 0 })).toThrow(/one class/);
    expect(() => classView(outputs, { testClasses: [2], classCount: 2, forgotten: 0 })).toThrow(
      /from 0 to 1, found 2 at test sample 0/,
    );
  });
});
