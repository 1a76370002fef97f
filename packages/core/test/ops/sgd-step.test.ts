import { tensor1d, tensor2d, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams, mapParams, sgdStep, type Params } from "../../src/index.ts";

async function read(params: Params): Promise<number[]> {
  const parts = await Promise.all(Object.values(params).map((tensor: Tensor) => tensor.data()));
  return parts.flatMap((part) => Array.from(part));
}

describe("sgdStep", () => {
  it("follows v <- momentum v + g + weightDecay p, p <- p - lr v, by hand", async () => {
    const params = { a: tensor1d([1, -2]) };
    const gradient = { a: tensor1d([0.5, 1]) };
    const velocity = { a: tensor1d([4, 0]) };

    const next = sgdStep(params, gradient, velocity, { lr: 0.5, momentum: 0.25, weightDecay: 0.5 });

    // v = (1 + 0.5 + 0.5, 0 + 1 - 1), p = (1 - 1, -2 - 0)
    expect(await read(next.velocity)).toEqual([2, 0]);
    expect(await read(next.params)).toEqual([0, -2]);
    for (const tree of [params, gradient, velocity, next.params, next.velocity]) disposeParams(tree);
  });

  it("gives tensors of its own and leaves those it was given as they were", async () => {
    const params = { a: tensor2d([[1, 2]]), b: tensor1d([3]) };
    const gradient = mapParams(params, (tensor) => tensor.clone());
    const velocity = mapParams(params, (tensor) => tensor.clone());

    const next = sgdStep(params, gradient, velocity, { lr: 0, momentum: 0, weightDecay: 0 });
    for (const tree of [gradient, velocity]) disposeParams(tree);

    expect(await read(params)).toEqual([1, 2, 3]);
    disposeParams(params);
    expect(await read(next.params)).toEqual([1, 2, 3]);
    expect(next.params["a"]?.shape).toEqual([1, 2]);
    disposeParams(next.params);
    disposeParams(next.velocity);
  });

  it("names the parameter that gradient or velocity lack", () => {
    const params = { a: tensor1d([1]), b: tensor1d([2]) };
    const part = { a: tensor1d([1]) };
    const wrong = { a: tensor1d([1]), b: tensor1d([1, 2]) };
    const options = { lr: 0.1, momentum: 0.9, weightDecay: 0 };

    expect(() => sgdStep(params, part, params, options)).toThrow(
      '"b" must have shape [1] in gradient, found none',
    );
    expect(() => sgdStep(params, params, wrong, options)).toThrow(
      '"b" must have shape [1] in velocity, found [2]',
    );

    for (const tree of [params, part, wrong]) disposeParams(tree);
  });
});
