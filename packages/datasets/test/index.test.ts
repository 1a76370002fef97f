import { readFile } from "node:fs/promises";

import { describe, expect, it } from "vitest";

import { datasets } from "../src/index.ts";

const src = new URL("../src/", import.meta.url);

/** All modules that a file of src/ reaches by its imports. */
async function reached(entry: string): Promise<Set<string>> {
  const found = new Set<string>();
  const visit = async (url: URL): Promise<void> => {
    if (found.has(url.href)) return;
    found.add(url.href);
    const text = await readFile(url, "utf8");
    for (const [, specifier] of text.matchAll(/^(?:import|export)[^"]*?from "([^"]+)";/gm)) {
      if (specifier?.startsWith(".")) await visit(new URL(specifier, url));
      else found.add(specifier as string);
    }
  };
  await visit(new URL(entry, src));
  return found;
}

describe("@ltu/datasets", () => {
  it("reaches nothing of Node from its main entry, so that a browser can import it", async () => {
    const main = [...(await reached("index.ts"))];
    const ofNode = ["jpeg-js", "pngjs", "tar-stream", "yauzl"];
    expect(main.filter((name) => name.startsWith("node:") || ofNode.includes(name))).toEqual([]);
    expect([...(await reached("node.ts"))]).toContain("node:fs");
  });

  it("names its data sets", () => {
    expect(Object.keys(datasets)).toEqual([
      "cifar10",
      "cifar100",
      "fashion-mini",
      "fashion-mnist",
      "image-folder",
      "mnist",
      "synthetic",
      "tiny-imagenet-20",
      "tiny-imagenet-200",
    ]);
  });
});
