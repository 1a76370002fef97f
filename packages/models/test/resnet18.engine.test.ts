import { memory, mul, sum, tensor, tidy, type Tensor, type Tensor4D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { addScaledParams, createRng, disposeParams, valueAndGradient, type Params } from "@ltu/core";

import { resnet18 } from "../src/index.ts";
import { quickRng } from "./quick-rng.ts";

describe("resnet18", () => {
  // The cpu engine takes minutes for the filter gradients of eleven million parameters.
  it.skipIf(process.env["LTU_TEST_ENGINE"] === "cpu")(
    "has the slope of a central difference in mode batch, and leaves no tensor",
    async () => {
      const model = resnet18({ inputShape: [4, 4, 2], classes: 3, mean: [0.4, 0.5], std: [0.2, 0.3] });
      const { params, stats } = model.init(quickRng());
      const images = tensor(createRng(2).normals(6 * 32, 0.5), [6, 4, 4, 2]) as Tensor4D;
      const cotangent = tensor(createRng(3).normals(18), [6, 3]);
      const loss = (at: Params): Tensor =>
        tidy(() => sum(mul(model.apply({ params: at, stats }, images, { mode: "batch" }).logits, cotangent)));
      const before = memory().numTensors;
      const { value, gradient } = valueAndGradient((at) => loss(at) as never, params);
      expect(memory().numTensors).toBe(before + 1 + Object.keys(params).length);

      // One parameter near each end, and a shortcut's.
      const chosen = ["layer1.0.conv1.weight", "layer3.0.downsample.0.weight", "layer4.1.bn2.weight"];
      for (const name of chosen) {
        const direction = gradient[name] as Tensor;
        const numbers = (await direction.data()) as Float32Array;
        const norm = Math.sqrt(numbers.reduce((total, number) => total + number * number, 0));
        const step = 1e-4 / norm;
        const at = async (scale: number): Promise<number> => {
          const moved = {
            [name]: tidy(
              () =>
                addScaledParams({ [name]: params[name] as Tensor }, { [name]: direction }, scale)[
                  name
                ] as Tensor,
            ),
          };
          const result = loss({ ...params, ...moved });
          const [number] = await result.data();
          [result, moved[name] as Tensor].forEach((made) => made.dispose());
          return number as number;
        };
        const slope = ((await at(step)) - (await at(-step))) / (2 * step);
        // float32 on the small side of the step, the curvature of twenty batch norms on the other.
        expect(Math.abs(slope / norm ** 2 - 1), name).toBeLessThan(0.02);
      }
      [value, images, cotangent].forEach((made) => made.dispose());
      [params, stats, gradient].forEach(disposeParams);
    },
  );
});
