import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { cifar10Files, datasets, fashionMnistFiles } from "../src/index.ts";
import { findAllData, findData } from "../src/node.ts";
import { withFolder } from "./small-cifar10.ts";

describe("findData", () => {
  it("finds CIFAR-10 as files, as an archive, incomplete, or not at all", async () => {
    await withFolder(async (folder) => {
      expect(await findData(folder, "cifar10")).toMatchObject({ form: "absent" });
      expect(await findData(join(folder, "nowhere"), "cifar10")).toMatchObject({ form: "absent" });
      expect(await findData(undefined, "cifar10")).toMatchObject({ form: "absent" });

      const below = join(folder, "cifar-10-batches-bin");
      await mkdir(below);
      const [first, ...others] = cifar10Files.map(({ name }) => name);
      for (const name of others) await writeFile(join(below, `${name}.gz`), "");
      expect(await findData(folder, "cifar10")).toEqual({
        name: "cifar10",
        form: "incomplete",
        path: below,
        missing: [first],
      });

      const archive = join(folder, "cifar-10-binary.tar.gz");
      await writeFile(archive, "");
      expect(await findData(folder, "cifar10")).toMatchObject({ form: "archive", path: archive });
      expect(await findData(archive, "cifar10")).toMatchObject({ form: "archive", path: archive });

      await writeFile(join(below, first as string), "");
      expect(await findData(folder, "cifar10")).toMatchObject({ form: "files", path: below, missing: [] });
    });
  });

  it("finds Fashion-MNIST", async () => {
    await withFolder(async (folder) => {
      expect(await findData(folder, "fashion-mnist")).toMatchObject({ form: "absent" });
      for (const { name } of Object.values(fashionMnistFiles))
        await writeFile(join(folder, `${name}.gz`), "");
      expect(await findData(folder, "fashion-mnist")).toMatchObject({ form: "files", path: folder });
    });
  });

  it("answers for every data set of the object, and finds the built-in ones without a folder", async () => {
    const all = await findAllData(undefined);
    expect(all.map(({ name }) => name)).toEqual(
      Object.keys(datasets).filter((name) => name !== "image-folder"),
    );
    expect(all.filter(({ form }) => form === "built-in").map(({ name }) => name)).toEqual([
      "fashion-mini",
      "synthetic",
    ]);
  });
});
