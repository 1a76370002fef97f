import { describe, expect, it } from "vitest";

import { createRng, disposeParams, paramCount, type Model, type ModelWeights } from "@ltu/core";

import { models, resnet20, resnetCifar } from "../src/index.ts";

const options = {
  inputShape: [32, 32, 3],
  classes: 10,
  mean: [0.4914, 0.4822, 0.4465],
  std: [0.247, 0.2435, 0.2616],
} as const;
const dispose = ({ params, stats }: ModelWeights): void => [params, stats].forEach(disposeParams);

/** Mean of the squares of a parameter. */
const secondMoment = async (model: Model, name: string): Promise<number> => {
  const weights = model.init(createRng(1));
  const values = (await weights.params[name]?.data()) as Float32Array;
  dispose(weights);
  return values.reduce((total, value) => total + value * value, 0) / values.length;
};

describe("resnetCifar", () => {
  it.each([
    // Stem, then n blocks a stage of two 3x3 convolutions with batch norm, then 64 times classes and a bias.
    [20, 3, 269_722],
    [32, 5, 464_154],
    [44, 7, 658_586],
    [56, 9, 853_018],
  ])("has the layers and the count of depth %i", (depth, perStage, count) => {
    const model = resnetCifar(depth, options);
    const weights = model.init(createRng(1));
    expect(model.name).toBe(`resnet${depth}`);
    expect(paramCount(weights.params)).toBe(count);
    const names = Object.keys(weights.params);
    expect(names).toHaveLength(3 + 3 * perStage * 6 + 2);
    expect(names).toContain(`layer3.${perStage - 1}.bn2.bias`);
    expect(names).not.toContain(`layer3.${perStage}.bn2.bias`);
    dispose(weights);
  });

  it("draws by fan in as the reference, and by fan out where asked: 2 / (9 x 16) against 2 / (9 x 32)", async () => {
    const name = "layer2.0.conv1.weight";
    // Five standard errors of a second moment of 4,608 normal draws.
    const share = 5 * Math.sqrt(2 / (9 * 16 * 32));
    expect(Math.abs((await secondMoment(resnetCifar(44, options), name)) / (2 / 144) - 1)).toBeLessThan(
      share,
    );
    const byFanOut = resnetCifar(44, { ...options, fan: "out" });
    expect(Math.abs((await secondMoment(byFanOut, name)) / (2 / 288) - 1)).toBeLessThan(share);
    // The linear layer: normal with variance 2 / 64, or uniform within 1 / 8.
    const spread = 5 * Math.sqrt(2 / 640);
    expect(Math.abs((await secondMoment(resnetCifar(44, options), "fc.weight")) * 32 - 1)).toBeLessThan(
      spread,
    );
    expect(Math.abs((await secondMoment(byFanOut, "fc.weight")) * 192 - 1)).toBeLessThan(spread);
  });

  it("keeps the depth and the fan for another number of classes", async () => {
    const other = resnet20({ ...options, fan: "in" }).withClasses(3);
    expect([other.name, other.classes]).toEqual(["resnet20", 3]);
    const name = "layer2.0.conv1.weight";
    expect(await secondMoment(other, name)).toBe(await secondMoment(resnetCifar(20, options), name));
  });

  it("is resnet20 at depth 20 with fan out, number by number", async () => {
    const name = "layer3.2.conv2.weight";
    const old = await secondMoment(resnet20(options), name);
    expect(await secondMoment(resnetCifar(20, { ...options, fan: "out" }), name)).toBe(old);
    expect(await secondMoment(models.resnet20(options), name)).toBe(old);
  });

  it("refuses other depths and fans in one sentence", () => {
    for (const depth of [2, 18, 21, 20.5, Number.NaN]) {
      expect(() => resnetCifar(depth, options)).toThrow(/depth must be 6n \+ 2 .* take 20, 44 or 56/);
    }
    expect(() => resnetCifar(20, { ...options, fan: "both" as "in" })).toThrow(
      /fan must be in or out, found both/,
    );
  });
});
