import type { ProgressEvent } from "@ltu/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  advanceProgress,
  progressLine,
  progressWriter,
  secondsLeft,
  type ProgressState,
} from "../src/progress.ts";
import type { StageEvent } from "../src/stage-event.ts";

const place = { stage: "retrain", index: 3, done: 2, total: 9 } as const;

function progress(step: number, rest: Partial<ProgressEvent> = {}): StageEvent {
  return { ...place, kind: "progress", progress: { task: "retrain", step, steps: 100, ...rest } };
}

/** The state after events at the given moments. */
function after(events: readonly (readonly [ms: number, event: StageEvent])[]): ProgressState {
  return events.reduce<ProgressState | undefined>(
    (state, [ms, event]) => advanceProgress(state, event, ms),
    undefined,
  ) as ProgressState;
}

describe("secondsLeft", () => {
  it("is the steps left times the time of a step: 90 steps at 0.5 s", () => {
    const state = after(Array.from({ length: 10 }, (_, i) => [i * 500, progress(i + 1)] as const));
    expect(secondsLeft(state, 4500)).toBeCloseTo(45);
    expect(secondsLeft(state, 6500)).toBeCloseTo(43);
  });

  it("is not known after one step, nor before any", () => {
    expect(secondsLeft(after([[0, progress(1)]]), 0)).toBeUndefined();
    expect(secondsLeft(after([[0, { ...place, kind: "started" }]]), 0)).toBeUndefined();
  });

  it("starts over with the next task of the stage", () => {
    const state = after([
      [0, progress(99)],
      [10, progress(100)],
      [20, progress(1, { task: "attacks" })],
    ]);
    expect(secondsLeft(state, 20)).toBeUndefined();
  });

  it("follows a run that has become slower", () => {
    const fast = Array.from({ length: 60 }, (_, i) => [i * 1000, progress(i)] as const);
    const slow = Array.from({ length: 10 }, (_, i) => [60_000 + i * 10_000, progress(60 + i)] as const);
    expect(secondsLeft(after([...fast, ...slow]), 150_000)).toBeCloseTo(310, -1);
  });

  it("is never negative and keeps few moments, however the steps come", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 2000 }), { minLength: 1, maxLength: 300 }), (gaps) => {
        let ms = 0;
        const state = after(
          gaps.map((gap, i) => [(ms += gap), progress(i + 1, { steps: gaps.length })] as const),
        );
        expect(secondsLeft(state, ms + 50) ?? 0).toBeGreaterThanOrEqual(0);
        expect(state.samples.length).toBeLessThan(250);
      }),
    );
  });
});

describe("progressLine", () => {
  it("shows stage, epoch, loss and time left", () => {
    const values = { loss: 0.431_27, forgetLoss: 1.5e-7 };
    const state = after([
      [0, progress(1, { epoch: 7, epochs: 25, values })],
      [1000, progress(2, { epoch: 7, epochs: 25, values })],
    ]);
    expect(progressLine(state, 1000)).toBe(
      "[3/9] retrain: epoch 7 of 25, loss 0.4313, forgetLoss 1.5e-7, 1 min 38 s left",
    );
  });

  it("has room for the losses only, or for two other numbers", () => {
    const line = (values: Record<string, number>): string =>
      progressLine(after([[0, progress(1, { values })]]), 0);
    expect(line({ cosine: 0.5, tuneLoss: 2, norm: 3 })).toBe("[3/9] retrain: step 1 of 100, tuneLoss 2");
    expect(line({ cosine: 0.5, norm: 3, scale: 1 })).toBe("[3/9] retrain: step 1 of 100, cosine 0.5, norm 3");
  });

  it.each<[StageEvent, string]>([
    [progress(4, { task: "attacks" }), "[3/9] retrain: attacks, step 4 of 100"],
    [{ ...place, kind: "started" }, "[3/9] retrain: started"],
    [{ ...place, kind: "finished", wallMs: 7_384_000 }, "[3/9] retrain: done in 2 h 3 min"],
    [
      { ...place, kind: "reused", wallMs: 9840 },
      "[3/9] retrain: kept from an earlier run, where it took 9.8 s",
    ],
    [
      { ...place, kind: "resumed", wallMs: 59_700 },
      "[3/9] retrain: goes on from its checkpoint, 1 min 0 s of work kept",
    ],
    [
      { ...place, kind: "damaged", what: "artefact" },
      "[3/9] retrain: its kept artefact is damaged and is made again",
    ],
    [{ ...place, kind: "stopped" }, "[3/9] retrain: stopped; the same command goes on from here"],
    [{ ...place, kind: "failed", error: new Error("x") }, "[3/9] retrain: failed"],
  ])("has words for %j", (event, line) => {
    expect(progressLine(after([[0, event]]), 0)).toBe(line);
  });
});

describe("progressWriter", () => {
  /** What is written for a run with a step every 100 ms. */
  function written(stream: { isTTY: boolean; columns?: number }): string[] {
    const texts: string[] = [];
    let ms = 0;
    const onEvent = progressWriter({ ...stream, write: (text) => texts.push(text) }, { clock: () => ms });
    onEvent({ ...place, kind: "started" });
    for (let step = 1; step <= 100; step++) {
      ms += 100;
      onEvent(progress(step));
    }
    onEvent({ ...place, kind: "finished", wallMs: ms });
    return texts;
  }

  it("writes at most a line every few seconds to a log", () => {
    expect(written({ isTTY: false })).toEqual([
      "[3/9] retrain: started\n",
      "[3/9] retrain: step 50 of 100, 5.0 s left\n",
      "[3/9] retrain: step 100 of 100, 0.0 s left\n",
      "[3/9] retrain: done in 10 s\n",
    ]);
  });

  it("rewrites one line on a terminal, no longer than it is wide, and ends it once", () => {
    const texts = written({ isTTY: true, columns: 20 });
    expect(texts.length).toBe(102);
    expect(texts.every((text) => text.startsWith("\r\u001b[2K"))).toBe(true);
    expect(texts.slice(0, -1).every((text) => !text.includes("\n") && text.length <= 5 + 19)).toBe(true);
    expect(texts.at(-1)).toBe("\r\u001b[2K[3/9] retrain: done in 10 s\n");
  });

  it("writes whole lines to a terminal that says no width, or 0", () => {
    for (const width of [{}, { columns: 0 }]) {
      expect(written({ isTTY: true, ...width })[0]).toBe("\r\u001b[2K[3/9] retrain: started");
    }
  });
});
