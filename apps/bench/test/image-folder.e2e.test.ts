import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { drawPictures } from "./draw-pictures.ts";
import { runBench, temporaryFolder, tinyExperiment } from "./run-bench.ts";

describe("a folder of pictures of one's own", () => {
  it("goes from its files to the table, and a broken file stops it unless it may be left out", async () => {
    const [pictures, home] = [temporaryFolder(), temporaryFolder()];
    drawPictures(pictures, 70);
    writeFileSync(join(pictures, "cats", "broken.png"), "no picture");
    const experiment = {
      ...tinyExperiment,
      name: "my-pictures",
      data: { name: "image-folder", train: 80, val: 20, test: 20, options: { size: 8, channels: 1 } },
      forget: { count: 8 },
      model: { name: "mlp", options: { hidden: [16] } },
      methods: [
        { name: "do-nothing" },
        { name: "random-labels", options: { retainAccess: "rho", epochs: 2 } },
      ],
    };
    writeFileSync(join(home, "my.json"), JSON.stringify(experiment));
    const out = join(home, "out");
    const run = (...args: string[]) =>
      runBench(
        [
          "run",
          "--data",
          pictures,
          "--experiment",
          join(home, "my.json"),
          "--engine",
          "cpu",
          "--out",
          out,
          ...args,
        ],
        { INIT_CWD: home },
      );

    const stopped = await run();
    expect(stopped.stderr).toMatch(/cats\/broken\.png: expected a PNG or JPEG picture, .*--skip-broken/);
    expect(stopped.stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(stopped.code).toBe(2);

    const done = await run("--skip-broken");
    expect(done.stderr).toBe("");
    expect(done.stdout).toMatch(/skipped {3}files that do not decode: 1\n +cats\/broken\.png: /);
    expect(done.stdout).toMatch(/random-labels/);
    expect(done.code).toBe(0);
    expect(existsSync(join(out, "report.html"))).toBe(true);
    const result = JSON.parse(readFileSync(join(out, "result.json"), "utf8")) as object;
    expect(JSON.stringify(result)).toContain("image-folder");
  });
});
