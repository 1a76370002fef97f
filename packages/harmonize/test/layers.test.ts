import { scalar } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { disposeParams } from "@ltu/core";

import { layersOf } from "../src/index.ts";

describe("layersOf", () => {
  it("puts together what shares the name before the last dot", () => {
    const names = ["stem.conv.weight", "fc.weight", "scale", "stem.conv.bias", "stem.bn.gamma", "fc.bias"];
    const params = Object.fromEntries(names.map((name) => [name, scalar(0)]));
    expect(layersOf(params, "layer")).toEqual([
      { name: "stem.conv", parameters: ["stem.conv.weight", "stem.conv.bias"] },
      { name: "fc", parameters: ["fc.weight", "fc.bias"] },
      { name: "scale", parameters: ["scale"] },
      { name: "stem.bn", parameters: ["stem.bn.gamma"] },
    ]);
    expect(layersOf(params, "global")).toEqual([{ name: "all", parameters: names }]);
    disposeParams(params);
  });
});
