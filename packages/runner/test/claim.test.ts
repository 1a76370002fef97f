import { utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { claimFile, isAbandoned, type Claim } from "../src/claim.ts";
import { runStages } from "../src/run-stages.ts";
import type { StageEvent } from "../src/stage-event.ts";
import { stageKey, type Stage } from "../src/stage.ts";
import { openStore } from "../src/store.ts";
import { emptyFolder, filesBelow } from "./folder.ts";

/** No process has such a number. */
const goneProcess = 2 ** 30;
const claimOf = (parts: object): string =>
  JSON.stringify({ pid: process.pid, token: "other", machine: "here", ...parts });

describe("a claim", () => {
  it("is held by one until it is given back", async () => {
    const path = join(await emptyFolder(), "claim");
    const first = (await claimFile(path, "here")) as Claim;
    expect(await claimFile(path, "here")).toBeUndefined();
    await first.release();
    const second = (await claimFile(path, "here")) as Claim;
    expect(second).toBeDefined();
    await second.release();
  });

  it.each([
    ["a process that is gone", claimOf({ pid: goneProcess }), true],
    ["an earlier process of the same number", claimOf({}), true],
    ["a process that lives", claimOf({ pid: process.ppid }), false],
    ["another machine", claimOf({ pid: goneProcess, machine: "elsewhere" }), false],
    ["somebody who is just writing it", "", false],
  ])("of %s", async (_, text, abandoned) => {
    const path = join(await emptyFolder(), "claim");
    await writeFile(path, text);
    expect(await isAbandoned(path, { machine: "here", nowMs: Date.now() })).toBe(abandoned);
    const claim = await claimFile(path, "here");
    expect(claim !== undefined).toBe(abandoned);
    await claim?.release();
  });

  it.each(["", claimOf({}).slice(0, 20)])("of a process that was killed while it wrote %j", async (text) => {
    const path = join(await emptyFolder(), "claim");
    await writeFile(path, text);
    await utimes(path, new Date(), new Date(Date.now() - 11_000));
    const claim = (await claimFile(path, "here")) as Claim;
    expect(claim).toBeDefined();
    await claim.release();
  });

  it("that has been silent for long has lost its owner", async () => {
    const path = join(await emptyFolder(), "claim");
    await writeFile(path, claimOf({ machine: "elsewhere" }));
    await utimes(path, new Date(), new Date(Date.now() - 400_000));
    expect(await isAbandoned(path, { machine: "here", nowMs: Date.now() })).toBe(true);
  });
});

describe("two runs on one store", () => {
  it("share the work: each stage is made once, and both end with all results", async () => {
    const runs = new Map<string, number>();
    const stage = (name: string, dependsOn: readonly Stage[] = []): Stage => ({
      name,
      inputs: name,
      dependsOn,
      run: async ({ artefact }) => {
        runs.set(name, (runs.get(name) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 80));
        for (const dependency of dependsOn) await artefact(dependency);
        return new TextEncoder().encode(name);
      },
    });
    const first = stage("first");
    const middle = Array.from({ length: 6 }, (_, i) => stage(`middle ${i}`, [first]));
    const last = stage("last", middle);
    const folder = await emptyFolder();
    const events: StageEvent[][] = [[], []];
    const results = await Promise.all(
      events.map(async (own) =>
        runStages([last], await openStore(folder), { onEvent: (event) => own.push(event) }),
      ),
    );
    expect([...runs.values()]).toEqual(Array.from({ length: 8 }, () => 1));
    for (const each of results) expect(new TextDecoder().decode(await each.artefact(last))).toBe("last");
    const madeBy = events.map((own) => own.filter(({ kind }) => kind === "finished").length);
    expect((madeBy[0] as number) + (madeBy[1] as number)).toBe(8);
    expect(Math.min(...madeBy)).toBeGreaterThan(1);
    expect(events.flat().some(({ kind }) => kind === "waiting")).toBe(true);
    expect((await filesBelow(folder)).filter((name) => name.startsWith("claims/"))).toEqual([]);
  });

  it("take over what a killed one had claimed, and stop at once when told to while they wait", async () => {
    const made: Stage = { name: "made", inputs: 1, dependsOn: [], run: async () => Uint8Array.of(1) };
    const store = await openStore(await emptyFolder(), { machine: "here" });
    const path = join(store.folder, "claims", stageKey(made));
    await writeFile(path, claimOf({ pid: process.ppid }));
    const abort = new AbortController();
    const waiting = runStages([made], store, {
      signal: abort.signal,
      onEvent: ({ kind }) => kind === "waiting" && abort.abort(),
    });
    await expect(waiting).rejects.toMatchObject({ code: "ABORTED" });
    await writeFile(path, claimOf({ pid: goneProcess }));
    expect(await (await runStages([made], store)).artefact(made)).toEqual(Uint8Array.of(1));
  });

  it("give a claim back when the stage fails", async () => {
    const stage: Stage = {
      name: "fails",
      inputs: 1,
      dependsOn: [],
      run: () => Promise.reject(new Error("no")),
    };
    const store = await openStore(await emptyFolder());
    await expect(runStages([stage], store)).rejects.toThrow("no");
    expect(await filesBelow(join(store.folder, "claims"))).toEqual([]);
  });
});
