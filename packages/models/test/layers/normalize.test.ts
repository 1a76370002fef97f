import { tensor4d, tidy } from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";

import { normalize } from "../../src/index.ts";

it("normalize subtracts each channel's mean and divides by its standard deviation", async () => {
  const y = tidy(() => normalize(tensor4d([0.5, 1], [1, 1, 1, 2]), { mean: [0.25, 0.5], std: [0.5, 0.25] }));
  expect(Array.from(await y.data())).toEqual([0.5, 2]);
  y.dispose();
});
