import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { z } from "zod";

import { openArchive, type Archive, type ArchiveLine } from "../../src/archive/archive.ts";
import { temporaryFolder } from "../run-bench.ts";

type Line = ArchiveLine & { readonly gap: number };
const schema = z.strictObject({ of: z.record(z.string(), z.json()), gap: z.number() }) as z.ZodType<Line>;
const open = (folder?: string): Promise<Archive<Line>> => openArchive(folder, schema);
const of = { seed: 101, method: { name: "finetune", options: { lr: 0.1 } } };

describe("an archive of readings", () => {
  it("finds a reading again by what it is of, whatever the order of its keys and the row it was kept under", async () => {
    const folder = join(temporaryFolder(), "trials");
    await (await open(folder)).keep("finetune (30 %)", { of, gap: 3 });
    const archive = await open(folder);
    expect(archive.find({ method: { options: { lr: 0.1 }, name: "finetune" }, seed: 101 })?.gap).toBe(3);
    expect(archive.find({ ...of, seed: 102 })).toBeUndefined();
    expect(archive.find({ ...of, method: { name: "finetune", options: { lr: 0.2 } } })).toBeUndefined();
    expect(readdirSync(folder)).toEqual(["finetune-30.jsonl"]);
  });

  it("keeps one line of a reading, the first", async () => {
    const folder = temporaryFolder();
    const archive = await open(folder);
    await archive.keep("a", { of, gap: 3 });
    await archive.keep("b", { of, gap: 4 });
    expect(readFileSync(join(folder, "a.jsonl"), "utf8")).toBe(`${JSON.stringify({ of, gap: 3 })}\n`);
    expect(existsSync(join(folder, "b.jsonl"))).toBe(false);
  });

  it("leaves what another process added meanwhile", async () => {
    const folder = temporaryFolder();
    const [here, there] = [await open(folder), await open(folder)];
    await here.keep("a", { of, gap: 3 });
    await there.keep("a", { of: { ...of, seed: 102 }, gap: 4 });
    await here.keep("a", { of: { ...of, seed: 103 }, gap: 5 });
    const archive = await open(folder);
    expect([101, 102, 103].map((seed) => archive.find({ ...of, seed })?.gap)).toEqual([3, 4, 5]);
  });

  it.each([
    ["cut off", '{"of":{"seed":1'],
    ["of another kind", '{"of":{"seed":1},"gap":"small"}'],
  ])("names the line that is %s, in one sentence", async (_, text) => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.jsonl"), `${JSON.stringify({ of, gap: 3 })}\n${text}\n`);
    await expect(open(folder)).rejects.toThrow(
      /^trials: expected one finished reading as JSON in line 2 of .*a\.jsonl, found another \(.*\); remove the line/,
    );
  });

  it("writes nothing without a folder", async () => {
    const archive = await open();
    await archive.keep("a", { of, gap: 3 });
    expect(archive.find(of)?.gap).toBe(3);
  });
});
