import { tensor2d, tidy } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { activations, type ActivationName } from "../../src/feedback/index.ts";

describe("activations", () => {
  it.each(Object.keys(activations) as ActivationName[])(
    "%s: value, derivative and tensor agree",
    async (name) => {
      const { value, derivative, tensor } = activations[name];
      const inputs = [-7, -1.3, -0.2, 0.4, 2.5, 30];
      const out = tidy(() => tensor(tensor2d([inputs])));
      const onEngine = await out.data();
      out.dispose();
      inputs.forEach((x, i) => {
        expect(onEngine[i]).toBeCloseTo(value(x), 5);
        expect(derivative(x)).toBeCloseTo((value(x + 1e-6) - value(x - 1e-6)) / 2e-6, 6);
      });
    },
  );

  it("gelu is close to x times the normal distribution function", () => {
    expect(activations.gelu.value(1)).toBeCloseTo(0.8413447, 3);
    expect(activations.gelu.value(-1)).toBeCloseTo(-0.1586553, 3);
    expect(activations.gelu.value(0)).toBe(0);
  });
});
