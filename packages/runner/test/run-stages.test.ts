import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { LtuError } from "@ltu/core";
import { describe, expect, it } from "vitest";

import { runStages, type RunStagesOptions } from "../src/run-stages.ts";
import type { StageEvent } from "../src/stage-event.ts";
import { stageKey, type Stage, type StageContext } from "../src/stage.ts";
import { openStore } from "../src/store.ts";
import { emptyFolder, filesBelow } from "./folder.ts";

/** A stage that counts its runs and adds up what it depends on. */
function counting(
  name: string,
  value: number,
  dependsOn: Stage[] = [],
): { stage: Stage; runs: () => number } {
  let runs = 0;
  const stage: Stage = {
    name,
    inputs: { value },
    dependsOn,
    run: async ({ artefact }) => {
      runs++;
      let sum = value;
      for (const dependency of dependsOn) sum += (await artefact(dependency))[0] as number;
      return Uint8Array.of(sum);
    },
  };
  return { stage, runs: () => runs };
}

/** A stage of ten additions that saves itself after each. */
function resumable(fail: { at: number; how: () => void }): Stage {
  return {
    name: "adds",
    inputs: 10,
    dependsOn: [],
    run: async ({ checkpoint, signal, onProgress }: StageContext) => {
      const [done = 0, total = 0] = (await checkpoint.load()) ?? [];
      let sum = total;
      for (let step = done; step < 10; step++) {
        if (step === fail.at) fail.how();
        if (signal.aborted) throw new LtuError("ABORTED", "adds: stopped.");
        sum += step;
        await checkpoint.save(Uint8Array.of(step + 1, sum));
        onProgress({ task: "adds", step: step + 1, steps: 10 });
      }
      return Uint8Array.of(sum);
    },
  };
}

describe("runStages", () => {
  it("tells of each stage that is there, made or found, before the next one begins", async () => {
    const a = counting("a", 1);
    const b = counting("b", 2, [a.stage]);
    const store = await openStore(await emptyFolder());
    const told: (readonly [string, number | undefined, boolean, number])[] = [];
    const afterStage: RunStagesOptions["afterStage"] = async (stage, results) => {
      told.push([stage.name, (await results.artefact(stage))[0], results.reused(stage), b.runs()]);
    };
    await runStages([a.stage], store);
    await runStages([b.stage], store, { afterStage });
    expect(told).toEqual([
      ["a", 1, true, 0],
      ["b", 3, false, 1],
    ]);
    const stop = runStages([b.stage], store, { afterStage: () => Promise.reject(new Error("full disk")) });
    await expect(stop).rejects.toThrow("full disk");
  });

  it("runs dependencies first, each once, and hands their artefacts on", async () => {
    const a = counting("a", 1);
    const b = counting("b", 2, [a.stage]);
    const c = counting("c", 4, [a.stage, b.stage]);
    const events: StageEvent[] = [];
    const results = await runStages([c.stage, b.stage], await openStore(await emptyFolder()), {
      onEvent: (event) => events.push(event),
    });
    expect(await results.artefact(c.stage)).toEqual(Uint8Array.of(4 + 1 + 3));
    expect([a.runs(), b.runs(), c.runs()]).toEqual([1, 1, 1]);
    expect(events.map(({ kind, stage, index, done, total }) => [kind, stage, index, done, total])).toEqual([
      ["started", "a", 1, 0, 3],
      ["finished", "a", 1, 1, 3],
      ["started", "b", 2, 1, 3],
      ["finished", "b", 2, 2, 3],
      ["started", "c", 3, 2, 3],
      ["finished", "c", 3, 3, 3],
    ]);
  });

  it("finds a kept result again under the key it was written with, and makes only what changed", async () => {
    const folder = await emptyFolder();
    const first = counting("a", 1);
    await runStages([counting("b", 2, [first.stage]).stage], await openStore(folder));
    const again = counting("a", 1);
    const same = counting("b", 2, [again.stage]);
    const changed = counting("b", 3, [again.stage]);
    const results = await runStages([same.stage, changed.stage], await openStore(folder));
    expect([again.runs(), same.runs(), changed.runs()]).toEqual([0, 0, 1]);
    expect(results.reused(same.stage)).toBe(true);
    expect(await results.artefact(same.stage)).toEqual(Uint8Array.of(3));
    expect(await results.artefact(changed.stage)).toEqual(Uint8Array.of(4));
  });

  it("makes everything below a change anew", async () => {
    const folder = await emptyFolder();
    await runStages([counting("b", 2, [counting("a", 1).stage]).stage], await openStore(folder));
    const b = counting("b", 2, [counting("a", 5).stage]);
    const results = await runStages([b.stage], await openStore(folder));
    expect(b.runs()).toBe(1);
    expect(await results.artefact(b.stage)).toEqual(Uint8Array.of(7));
  });

  it("makes a damaged artefact again and says so", async () => {
    const folder = await emptyFolder();
    const a = counting("a", 1);
    await runStages([a.stage], await openStore(folder));
    const path = join(folder, "artefacts", stageKey(a.stage));
    const whole = await readFile(path);
    await writeFile(path, whole.with(0, 99));
    const events: StageEvent[] = [];
    const results = await runStages([a.stage], await openStore(folder), {
      onEvent: (event) => events.push(event),
    });
    expect(events.map(({ kind }) => kind)).toEqual(["damaged", "started", "finished"]);
    expect(await results.artefact(a.stage)).toEqual(Uint8Array.of(1));
    expect(await readFile(path)).toEqual(whole);
  });

  it("goes on from the checkpoint after a failure, to the result of an uninterrupted run", async () => {
    const folder = await emptyFolder();
    const failing = resumable({
      at: 6,
      how: () => {
        throw new Error("power cut");
      },
    });
    const events: StageEvent[] = [];
    const onEvent = (event: StageEvent): void => void events.push(event);
    await expect(runStages([failing], await openStore(folder), { onEvent })).rejects.toThrow("power cut");
    expect(events.at(-1)).toMatchObject({ kind: "failed", stage: "adds" });
    const steps: number[] = [];
    const results = await runStages([resumable({ at: -1, how: () => {} })], await openStore(folder), {
      onEvent: (event) => event.kind === "progress" && steps.push(event.progress.step),
    });
    expect(steps).toEqual([7, 8, 9, 10]);
    expect(await results.artefact(failing)).toEqual(Uint8Array.of(45));
    expect((await filesBelow(folder)).filter((name) => name.startsWith("checkpoints/"))).toEqual([]);
  });

  it("starts a stage over when its checkpoint is damaged, and says so", async () => {
    const folder = await emptyFolder();
    const stage = resumable({ at: -1, how: () => {} });
    await writeFile(join((await openStore(folder)).folder, "checkpoints", stageKey(stage)), "nonsense");
    const kinds: string[] = [];
    const results = await runStages([stage], await openStore(folder), {
      onEvent: ({ kind }) => kinds.push(kind),
    });
    expect(kinds).toContain("damaged");
    expect(kinds).not.toContain("resumed");
    expect(await results.artefact(stage)).toEqual(Uint8Array.of(45));
  });

  it("stops with ABORTED when the signal is aborted, and the same call goes on from there", async () => {
    const folder = await emptyFolder();
    const abort = new AbortController();
    const next = counting("next", 1, [resumable({ at: -1, how: () => {} })]);
    const kinds: string[] = [];
    const stopped = runStages(
      [counting("next", 1, [resumable({ at: 4, how: () => abort.abort() })]).stage],
      await openStore(folder),
      { signal: abort.signal, onEvent: ({ kind }) => kinds.push(kind) },
    );
    await expect(stopped).rejects.toMatchObject({
      code: "ABORTED",
      message: expect.stringContaining('"adds"'),
    });
    expect(kinds.at(-1)).toBe("stopped");
    const results = await runStages([next.stage], await openStore(folder));
    expect(await results.artefact(next.stage)).toEqual(Uint8Array.of(46));
  });

  it("does nothing when the signal is aborted before it begins", async () => {
    const a = counting("a", 1);
    const signal = AbortSignal.abort();
    const run = runStages([a.stage], await openStore(await emptyFolder()), { signal });
    await expect(run).rejects.toMatchObject({ code: "ABORTED" });
    expect(a.runs()).toBe(0);
  });

  it("reports the time a stage took when it ran, also when it is re-used, summed over resumed runs", async () => {
    const folder = await emptyFolder();
    const slow = (failAt: number): Stage => ({
      name: "slow",
      inputs: null,
      dependsOn: [],
      run: async ({ checkpoint }) => {
        const done = (await checkpoint.load())?.[0] ?? 0;
        for (let step = done; step < 2; step++) {
          if (step === failAt) throw new Error("power cut");
          await new Promise((resolve) => setTimeout(resolve, 60));
          await checkpoint.save(Uint8Array.of(step + 1));
        }
        return Uint8Array.of(1);
      },
    });
    await expect(runStages([slow(1)], await openStore(folder))).rejects.toThrow("power cut");
    const resumed = await runStages([slow(-1)], await openStore(folder));
    // Timers may fire a millisecond early.
    expect(resumed.wallMs(slow(-1))).toBeGreaterThan(115);
    const reused = await runStages([slow(-1)], await openStore(folder));
    expect(reused.reused(slow(-1))).toBe(true);
    expect(reused.wallMs(slow(-1))).toBe(resumed.wallMs(slow(-1)));
  });

  it("names the circle when stages depend on each other", async () => {
    const dependsOn: Stage[] = [];
    const a: Stage = { name: "a", inputs: 1, dependsOn, run: async () => Uint8Array.of() };
    const b = counting("b", 1, [a]);
    dependsOn.push(b.stage);
    const store = await openStore(await emptyFolder());
    await expect(runStages([b.stage], store)).rejects.toMatchObject({
      code: "OPTION",
      message: expect.stringContaining("b -> a -> b"),
    });
  });

  it("refuses to read a stage that is not part of the key", async () => {
    const a = counting("a", 1).stage;
    const sly: Stage = { name: "sly", inputs: null, dependsOn: [], run: ({ artefact }) => artefact(a) };
    const store = await openStore(await emptyFolder());
    await expect(runStages([a, sly], store)).rejects.toThrow("add that to dependsOn");
  });

  it("refuses to hand out a stage that was not run", async () => {
    const results = await runStages([], await openStore(await emptyFolder()));
    expect(() => results.artefact(counting("a", 1).stage)).toThrow("add it to the stages that are run");
  });
});
