import { mean, mul, square, sub, tensor1d } from "@tensorflow/tfjs-core";
import type { Scalar, Tensor, Tensor1D } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRng, type Params } from "@ltu/core";

import { disposeMetaGradient, fuseQueries, metaGradient, type Loss } from "../src/index.ts";

describe("fuseQueries", () => {
  it("gives the gradient and the loss of the single sets' mean, in one evaluation", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 }),
        fc.nat(),
        async (sizes, seed) => {
          const rng = createRng(seed);
          const total = sizes.reduce((a, b) => a + b, 0);
          const values = rng.normals(total);
          const held: Tensor[] = [tensor1d(values)];
          const perSample =
            (targets: Tensor): ((params: Params) => Tensor1D) =>
            ({ w }) =>
              square(sub(mul(w as Tensor, w as Tensor), targets)) as Tensor1D;
          let start = 0;
          const apart = sizes.map((size): Loss => {
            const targets = tensor1d(values.subarray(start, (start += size)));
            held.push(targets);
            return (params) => mean(perSample(targets)(params)) as Scalar;
          });
          const w = tensor1d([0.8]);
          held.push(w);
          const options = { innerLr: 0.1, order: "first" } as const;
          const tune: Loss = ({ w: at }) => mean(square(at as Tensor)) as Scalar;
          const one = await metaGradient({ w }, tune, [fuseQueries(sizes, perSample(held[0]!))], options);
          const many = await metaGradient({ w }, tune, apart, options);
          const average = many.testLosses.reduce((a, b) => a + b, 0) / sizes.length;
          expect(one.testLosses[0]).toBeCloseTo(average, 4);
          expect((await one.gradient["w"]!.data())[0]).toBeCloseTo((await many.gradient["w"]!.data())[0]!, 3);
          expect(one.evaluations).toEqual({ tune: 1, test: 1 });
          [one, many].forEach(disposeMetaGradient);
          held.forEach((tensor) => tensor.dispose());
        },
      ),
      { numRuns: 10 },
    );
  });

  it("refuses empty sets", () => {
    for (const sizes of [[], [2, 0], [1.5]]) {
      expect(() => fuseQueries(sizes, () => tensor1d([]))).toThrow("leave empty sets out");
    }
  });
});
