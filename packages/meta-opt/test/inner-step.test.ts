import { tensor1d } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { innerStep } from "../src/index.ts";

describe("innerStep", () => {
  it("goes against the gradient and leaves both trees as they were", async () => {
    const params = { t: tensor1d([1, 2]) };
    const gradient = { t: tensor1d([2, -4]) };
    const tau = innerStep(params, gradient, { innerLr: 0.25 });
    expect(Array.from(await (tau["t"] ?? params.t).data())).toEqual([0.5, 3]);
    expect(Array.from(await params.t.data())).toEqual([1, 2]);
    [params, gradient, tau].forEach(disposeParams);
  });
});
