import { tensor1d, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { dense } from "../../src/index.ts";

it("dense multiplies by the weight and adds the bias: [1, 2] x [[1, 0, 2], [0, 1, 3]] + [10, 20, 30]", async () => {
  const params = { "fc.weight": tensor2d([1, 0, 2, 0, 1, 3], [2, 3]), "fc.bias": tensor1d([10, 20, 30]) };
  const y = tidy(() => dense(tensor2d([1, 2], [1, 2]), "fc", params));
  expect(Array.from(await y.data())).toEqual([11, 22, 38]);
  y.dispose();
  disposeParams(params);
});
