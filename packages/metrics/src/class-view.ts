import { accuracyPercent, type LabelledLogits } from "./accuracy.ts";
import { argmax } from "./argmax.ts";

/** What a model makes of a class it was to forget, and of the classes beside it; all in percent. */
export interface ClassView {
  /** The class, among those of the test samples. */
  readonly forgotten: number;
  /** 100 minus the accuracy on test images of the forgotten class, which no model has seen. */
  readonly unseenUa: number;
  /** Accuracy on the test images of each class; null where there is none. */
  readonly accuracy: readonly (number | null)[];
  /** Share of the test images of each class that are answered with the label of the forgotten class. */
  readonly toForgotten: readonly (number | null)[];
  /** How often each label is the answer, on the forget set and on test images of the forgotten class. */
  readonly answers: { readonly forget: readonly number[]; readonly unseen: readonly number[] };
}

/** Options of {@link classView}. */
export interface ClassViewOptions {
  /** The class of each test sample. Finer than its label where a class within a label was forgotten. */
  readonly testClasses: ArrayLike<number>;
  /** Number of those classes. */
  readonly classCount: number;
  /** The class that was forgotten. */
  readonly forgotten: number;
}

/**
 * The class-neighbour view of class-wise forgetting. A forget set of one class is answered wrong by a model that has only
 * turned its label off; what it did to the classes beside, and to images of the class that nobody trained on, is seen here.
 *
 * @param outputs - Logits and labels on the forget set and on the whole test set, the forgotten class included.
 * @returns Percentages. None of them has a good end: the target is the retrained model's.
 * @throws RangeError when a set is empty or malformed, a class is out of range, or no test sample is of the forgotten class.
 *
 * @example
 * ```ts
 * import { classView } from "@ltu/metrics";
 *
 * // Class 1 is forgotten: its image is answered 0, and so is one of two of class 0 by the label 1.
 * const forget = { logits: [2, 0], labels: [1], classes: 2 };
 * const test = { logits: [2, 0, 0, 2, 2, 0], labels: [0, 0, 1], classes: 2 };
 * const view = classView({ forget, test }, { testClasses: [0, 0, 1], classCount: 2, forgotten: 1 });
 * console.log(view.unseenUa, view.accuracy, view.toForgotten[0]); // → 100 [ 50, 0 ] 50
 * ```
 */
export function classView(
  { forget, test }: { readonly forget: LabelledLogits; readonly test: LabelledLogits },
  { testClasses, classCount, forgotten }: ClassViewOptions,
): ClassView {
  if (testClasses.length !== test.labels.length) {
    throw new RangeError(
      `classView: expected one class for each of the ${test.labels.length} test samples, found ${testClasses.length}; give the classes of the test set.`,
    );
  }
  for (let row = 0; row < testClasses.length; row++) {
    const found = testClasses[row] as number;
    if (!Number.isInteger(found) || found < 0 || found >= classCount) {
      throw new RangeError(
        `classView: classes must be whole numbers from 0 to ${classCount - 1}, found ${found} at test sample ${row}; check the data set.`,
      );
    }
  }
  const rowsOf = Array.from({ length: classCount }, (_, k) =>
    Array.from(testClasses, (found, row) => (found === k ? row : -1)).filter((row) => row >= 0),
  );
  const unseen = rowsOf[forgotten] ?? [];
  const [first] = unseen;
  if (first === undefined) {
    throw new RangeError(
      `classView: expected test samples of the forgotten class ${forgotten}, found none; keep them in the test set.`,
    );
  }
  const label = test.labels[first] as number;
  const accuracy = rowsOf.map((rows) => accuracyOf(test, rows));
  return {
    forgotten,
    unseenUa: 100 - (accuracy[forgotten] as number),
    accuracy,
    toForgotten: rowsOf.map((rows) => (rows.length === 0 ? null : (answersOf(test, rows)[label] as number))),
    answers: {
      forget: answersOf(
        forget,
        Array.from(forget.labels, (_, row) => row),
      ),
      unseen: answersOf(test, unseen),
    },
  };
}

function accuracyOf({ logits, labels, classes }: LabelledLogits, rows: readonly number[]): number | null {
  if (rows.length === 0) return null;
  return accuracyPercent(
    rows.flatMap((row) => Array.from({ length: classes }, (_, k) => logits[row * classes + k] as number)),
    rows.map((row) => labels[row] as number),
    classes,
  );
}

/** The share of rows that are answered with each label, in percent. */
function answersOf({ logits, classes }: LabelledLogits, rows: readonly number[]): number[] {
  const counts = Array.from({ length: classes }, () => 0);
  for (const row of rows) {
    const answer = argmax(logits, row * classes, classes);
    counts[answer] = (counts[answer] as number) + 1;
  }
  return counts.map((count) => (100 * count) / rows.length);
}
