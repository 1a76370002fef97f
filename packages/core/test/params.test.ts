import { memory, scalar, tensor1d, zeros, type Tensor } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { cloneParams, disposeParams, mapParams, paramCount, zipParams } from "../src/index.ts";

describe("mapParams", () => {
  it("keeps names and their order", () => {
    const params = { b: tensor1d([1, 2]), a: tensor1d([3]) };
    const shapes: string[] = [];

    const mapped = mapParams(params, (tensor, name) => {
      shapes.push(`${name} ${tensor.size}`);
      return zeros(tensor.shape);
    });

    expect(Object.keys(mapped)).toEqual(["b", "a"]);
    expect(shapes).toEqual(["b 2", "a 1"]);
    disposeParams(params);
    disposeParams(mapped);
  });
});

describe("zipParams", () => {
  it("joins tensors of the same name whatever their order", async () => {
    const first = { a: scalar(1), b: scalar(2) };
    const second = { b: scalar(20), a: scalar(10) };
    const joined: Record<string, number[]> = {};

    const result = zipParams([first, second], (tensors, name) => {
      joined[name] = tensors.map((tensor) => tensor.id);
      return tensors[1] as Tensor;
    });

    expect(Object.keys(result)).toEqual(["a", "b"]);
    expect(joined["b"]).toEqual([first.b.id, second.b.id]);
    disposeParams(first);
    disposeParams(second);
  });

  it.each([
    ["missing", { a: 1 }],
    ["only", { a: 1, b: 2, c: 3 }],
  ])("names the parameter that is %s in a tree", (word, shape) => {
    const first = { a: scalar(1), b: scalar(2) };
    const second = mapParams(
      Object.fromEntries(Object.entries(shape).map(([name, value]) => [name, scalar(value)])),
      (tensor) => tensor,
    );

    let message = "";
    try {
      zipParams([first, second], ([tensor]) => tensor as Tensor);
    } catch (error) {
      expect(error).toMatchObject({ code: "SHAPE" });
      message = String(error);
    }

    expect(message).toContain(word === "missing" ? '"b" is missing in tree 1' : '"c" is only in tree 1');
    disposeParams(first);
    disposeParams(second);
  });

  it("gives the empty tree for no tree", () => {
    expect(zipParams([], () => scalar(0))).toEqual({});
  });
});

describe("cloneParams and disposeParams", () => {
  it("hold the numbers independently of each other", async () => {
    const params = { a: tensor1d([1, 2]) };
    const before = memory().numTensors;

    const copy = cloneParams(params);
    disposeParams(params);

    expect(memory().numTensors).toBe(before);
    expect(Array.from(await (copy["a"] as Tensor).data())).toEqual([1, 2]);
    disposeParams(copy);
  });
});

describe("paramCount", () => {
  it("counts scalars", () => {
    const params = { a: zeros([3, 4]), b: scalar(1) };
    expect(paramCount(params)).toBe(13);
    expect(paramCount({})).toBe(0);
    disposeParams(params);
  });
});
