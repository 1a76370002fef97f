import { describe, expect, it } from "vitest";

import { LtuError } from "@ltu/core";

import { salun } from "../../src/index.ts";
import { guarded, runUnlearner } from "../run-tiny.ts";

/** The port: a mask is loaded where a path is given, and named in either case once the work has begun. */
async function ported(path: string | undefined, work: { begun: boolean }): Promise<unknown> {
  let mask: { readonly loadedFrom: string } | undefined;
  if (path !== undefined) mask = { loadedFrom: path };
  work.begun = true;
  await Promise.resolve();
  return (mask as NonNullable<typeof mask>).loadedFrom;
}

/** The check: missing input is one sentence of ours, before any work. */
async function isRefusedWell(run: () => Promise<unknown>, hasBegun: () => boolean): Promise<boolean> {
  try {
    await run();
    return false;
  } catch (error) {
    return error instanceof LtuError && /expected .*found .*; /.test(error.message) && !hasBegun();
  }
}

describe("fault 21: a mask that is not there is noticed in the middle of the work", () => {
  it("is caught in a faithful port", async () => {
    const work = { begun: false };
    expect(
      await isRefusedWell(
        () => ported(undefined, work),
        () => work.begun,
      ),
    ).toBe(false);
  });

  it("is not in ours: SalUn makes its mask, and what that needs is missed before any image is read", async () => {
    const batches = guarded([]);
    for (const missing of [{ retainSet: undefined }, { forgetSet: new Int32Array(0) }]) {
      const run = (): Promise<unknown> => runUnlearner(salun(), { batches, ...missing });
      expect(await isRefusedWell(run, () => batches.calls.count > 0)).toBe(true);
    }
    expect(() => salun({ mask: "mask.bin" } as never)).toThrow(/found "mask"/);
  });
});
