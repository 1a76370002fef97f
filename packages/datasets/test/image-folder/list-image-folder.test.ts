import { describe, expect, it } from "vitest";

import { listImageFolder } from "../../src/image-folder/list-image-folder.ts";

const list = (names: readonly string[], folders: readonly string[] = []) =>
  listImageFolder("loadImageFolder", {
    path: "photos",
    names,
    folders,
    read: () => Promise.resolve(),
    close: () => undefined,
  });
const outline = (names: readonly string[], folders: readonly string[] = []) => {
  const { classNames, images } = list(names, folders);
  return images.map(({ file, label, part }) => `${part ?? ""} ${classNames[label]} ${file}`.trim());
};

describe("listImageFolder", () => {
  it("takes each sub-folder as a class, sorted by code units, with all files below it", () => {
    expect(outline(["b/2.png", "b/10.png", "a/x/1.jpg", "C/1.PNG", "notes.txt"])).toEqual([
      "C C/1.PNG",
      "a a/x/1.jpg",
      "b b/10.png",
      "b b/2.png",
    ]);
  });

  it("takes train/, val/ and test/ as parts, in this order", () => {
    expect(outline(["test/b/1", "test/a/1", "train/b/1", "train/a/1", "val/a/1", "val/b/1"])).toEqual([
      "train a train/a/1",
      "train b train/b/1",
      "val a val/a/1",
      "val b val/b/1",
      "test a test/a/1",
      "test b test/b/1",
    ]);
  });

  it("takes train and test as classes where they hold pictures and no folders", () => {
    expect(list(["train/1.png", "test/1.png"]).classNames).toEqual(["test", "train"]);
    expect(list(["train/1.png", "car/1.png"]).classNames).toEqual(["car", "train"]);
    expect(list(["train/steam/1.png", "car/old/1.png"]).classNames).toEqual(["car", "train"]);
  });

  it("refuses what is no image folder, in one sentence", () => {
    const cases: [string[], string[], string][] = [
      [
        [],
        [],
        "a sub-folder for each of two or more classes, found none; put the pictures of each class in one",
      ],
      [
        ["a/1.png"],
        [],
        "a sub-folder for each of two or more classes, found only a; put the pictures of each class in one",
      ],
      [
        ["photos/train/a/1.png", "photos/test/a/1.png"],
        [],
        "a sub-folder for each of two or more classes, found only photos; name photos/ itself where the classes lie in it",
      ],
      [["a/1.png", "b/1.png"], ["c"], "a picture in each class, found c empty; fill or remove that folder"],
      [
        ["train/a/1", "train/b/1", "test/a/1"],
        ["test/b"],
        "a picture in each class, found test/b empty; fill or remove that folder",
      ],
      [
        ["Cat/1", "cat/1"],
        [],
        "a name of its own for each class, found Cat and cat; rename one, or put both in one",
      ],
      [
        ["Caf\u00e9/1", "Cafe\u0301/1"],
        [],
        "a name of its own for each class, found Cafe\u0301 and Caf\u00e9; rename one, or put both in one",
      ],
      [
        ["STRASSE/1", "stra\u00dfe/1"],
        [],
        "a name of its own for each class, found STRASSE and stra\u00dfe; rename one, or put both in one",
      ],
      [
        ["a/1", "b/1", "lost.jpg"],
        [],
        "every picture in the folder of its class, found lost.jpg outside of every class; move it into one",
      ],
      [
        ["train/a/1", "train/b/1", "val/a/1", "val/b/1"],
        [],
        "train/ and test/, found train/ and val/ alone; add test/, or rename val/ to test/",
      ],
      [
        ["val/a/1", "val/b/1", "test/a/1", "test/b/1"],
        [],
        "train/ and test/, found val/ and test/ alone; add train/",
      ],
      ...[
        ["train", "valid", "test"],
        ["Train", "Test"],
        ["training", "testing"],
        ["train", "test", "notes"],
      ].map((folders): [string[], string[], string] => [
        folders.flatMap((folder) => [`${folder}/a/1`, `${folder}/b/1`]),
        [],
        `train/, val/ (may be absent) and test/ and no other folder, with the class folders in each, found ${folders
          .toSorted()
          .map((folder) => `${folder}/`)
          .join(", ")}; rename the parts and move what is none`,
      ]),
      // Pictures to classify, which nobody has sorted.
      [
        ["train/a/1", "train/b/1", "test/1.png"],
        [],
        "the same classes in train/ and test/, found a in one of them; add or remove it",
      ],
      [
        ["train/a/1", "train/b/1", "test/a/1", "test/c/1"],
        [],
        "the same classes in train/ and test/, found b in one of them; add or remove it",
      ],
    ];
    for (const [names, folders, message] of cases) {
      expect(() => list(names, folders)).toThrow(`loadImageFolder: photos: expected ${message}.`);
    }
  });
});
