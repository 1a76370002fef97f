import { memory, mul, scalar, square, sub } from "@tensorflow/tfjs-core";
import type { Scalar, Tensor } from "@tensorflow/tfjs-core";
import { afterEach, describe, expect, it } from "vitest";

import type { Params } from "@ltu/core";

import { disposeMetaGradient, innerStep, metaGradient, type Loss } from "../src/index.ts";

const made: Tensor[] = [];
const own = <T extends Tensor>(tensor: T): T => {
  made.push(tensor);
  return tensor;
};
afterEach(() => made.splice(0).forEach((tensor) => tensor.dispose()));

const first = async (params: Params): Promise<number> => (await params["t"]!.data())[0] as number;

/** 1/2 curve (t - centre)^2. */
const parabola =
  (curve: number, centre: number): Loss =>
  ({ t }) =>
    mul(curve / 2, square(sub(t as Tensor, centre))) as Scalar;

describe("metaGradient with reptile", () => {
  it("is the way of plain steps over the step size, by hand", async () => {
    // t: 1 -> 0.8 -> 0.64 by two steps on t^2, then 0.64 -> 0.748 by one on 3/2 (t - 1)^2.
    const result = await metaGradient({ t: own(scalar(1)) }, parabola(2, 0), [parabola(3, 1)], {
      innerLr: 0.1,
      innerSteps: 2,
      reptile: true,
    });
    expect(await first(result.gradient)).toBeCloseTo((1 - 0.748) / 0.1, 5);
    expect(await first(result.tuneGradient)).toBeCloseTo(2 + 1.6, 5);
    expect(await first(result.testGradient)).toBeCloseTo(-1.08, 5);
    expect(result.innerLosses.map((loss) => loss.toFixed(4))).toEqual(["1.0000", "0.6400"]);
    expect(result.testLosses[0]).toBeCloseTo(1.5 * 0.36 ** 2, 5);
    expect(result.curvature).toBeUndefined();
    disposeMetaGradient(result);
  });

  it("is what the steps themselves walk", async () => {
    const losses = [parabola(2, 0), parabola(3, 1), parabola(1, -2)] as const;
    const innerLr = 0.25;
    const result = await metaGradient({ t: own(scalar(1.5)) }, losses[0], losses.slice(1), {
      innerLr,
      reptile: true,
    });
    let at = 1.5;
    for (const [curve, centre] of [
      [2, 0],
      [3, 1],
      [1, -2],
    ] as const) {
      at -= innerLr * curve * (at - centre);
    }
    expect(await first(result.gradient)).toBeCloseTo((1.5 - at) / innerLr, 5);
    const end = innerStep({ t: own(scalar(1.5)) }, result.gradient, { innerLr });
    own(end["t"] as Tensor);
    expect(await first(end)).toBeCloseTo(at, 5);
    disposeMetaGradient(result);
  });

  it("equals the first-order meta-gradient for one step and one test", async () => {
    const t = own(scalar(0.7));
    const pair = [parabola(2, 0.3), parabola(5, -1)] as const;
    const reptile = await metaGradient({ t }, pair[0], [pair[1]], { innerLr: 0.1, reptile: true });
    const meta = await metaGradient({ t }, pair[0], [pair[1]], { innerLr: 0.1, order: "first" });
    expect(await first(reptile.gradient)).toBeCloseTo(await first(meta.gradient), 6);
    [reptile, meta].forEach(disposeMetaGradient);
  });

  it("is the gradient of the joint loss when the inner rate is zero", async () => {
    const result = await metaGradient({ t: own(scalar(1)) }, parabola(2, 0), [parabola(3, 2)], {
      innerLr: 0,
      innerSteps: 2,
      reptile: true,
    });
    expect(await first(result.gradient)).toBeCloseTo(2 + 2 - 3, 6);
    disposeMetaGradient(result);
  });

  it("holds nothing after an error, and refuses what it does not know", async () => {
    const t = own(scalar(1));
    const before = memory().numTensors;
    const run = (options: object, tests: Loss[] = []): Promise<unknown> =>
      metaGradient({ t }, parabola(2, 0), tests, { innerLr: 0.1, reptile: true, ...options });
    await expect(
      run({}, [
        () => {
          throw new Error("broken test");
        },
      ]),
    ).rejects.toThrow("broken test");
    await expect(run({ innerLr: 1e30, innerSteps: 3 })).rejects.toMatchObject({ code: "DIVERGED" });
    await expect(run({ order: "second" })).rejects.toThrow('found order "second"; leave it out');
    await expect(run({ testWeight: 1 })).rejects.toThrow("found testWeight");
    await expect(run({ innerParams: ["t"] })).rejects.toThrow("found innerParams");
    await expect(run({ reptile: "yes" })).rejects.toThrow("reptile must be true or false, found yes");
    expect(memory().numTensors).toBe(before);
  });
});
