import { sum, tensor1d, tensor2d, tidy, type Scalar, type Tensor2D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";

import { createRng, valueAndGradient, type FeedbackAttack } from "@ltu/core";

import {
  feedbackAttacks,
  networkAttack,
  trainFeedback,
  type FittedNetwork,
  type NetworkOptions,
} from "../../src/feedback/index.ts";
import { networkLogits } from "../../src/feedback/network-attack.ts";
import { inFloat64, outputs } from "../outputs.ts";

const networks = Object.values(feedbackAttacks).filter((definition) => "network" in definition);

describe.each(networks)("the network of $name", (definition) => {
  let attack: FeedbackAttack;
  beforeAll(async () => {
    [attack] = (await trainFeedback({
      attacks: [definition],
      members: outputs("members", { size: 120, margin: 6 }),
      nonMembers: outputs("nonMembers", { size: 150, margin: 1 }),
      rng: createRng(5),
    })) as [FeedbackAttack];
  });

  it("has, on the engine, the gradient of its float64 form", async () => {
    const probe = outputs("probe", { size: 5, margin: 2 });
    const { labels, classes } = probe;
    const gradient = tidy(() => {
      const y = tensor1d(labels, "int32");
      const z = tensor2d(probe.logits, [labels.length, classes]);
      const result = valueAndGradient((params) => sum(attack.score(params["z"] as Tensor2D, y)) as Scalar, {
        z,
      });
      return result.gradient["z"] as Tensor2D;
    });
    const found = await gradient.data();
    gradient.dispose();
    const { network } = definition as unknown as { network: NetworkOptions };
    const fitted = attack.toJSON()["fitted"] as FittedNetwork;
    const wide = inFloat64(probe);
    const total = (): number => networkLogits(network, fitted, wide).reduce((a, b) => a + b, 0);
    wide.logits.forEach((z, k) => {
      wide.logits[k] = z + 1e-5;
      const above = total();
      wide.logits[k] = z - 1e-5;
      const below = total();
      wide.logits[k] = z;
      const expected = (above - below) / 2e-5;
      expect(Math.abs((found[k] as number) - expected)).toBeLessThanOrEqual(2e-4 + 1e-3 * Math.abs(expected));
    });
  });
});

describe("networkAttack", () => {
  it("reads labels when one of its signals does", () => {
    const reads = (...names: NetworkOptions["signals"]): boolean =>
      networkAttack({ name: "x", signals: names, hidden: [], activation: "tanh" }).readsLabels;
    expect(reads("entropy", "logsumexp", "topProbabilities")).toBe(false);
    expect(reads("entropy", "loss")).toBe(true);
  });
});
