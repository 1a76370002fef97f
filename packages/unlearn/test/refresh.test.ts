import { describe, expect, it } from "vitest";

import { disposeParams, type Model } from "@ltu/core";
import { predict } from "@ltu/train";

import { ltu, type LtuConfig, type RefreshRequest } from "../src/index.ts";
import { originalFeatures } from "../src/original-features.ts";
import { endOf, memoryPort, small } from "./runs.ts";
import { attacks, known, makeRequest, numbersOf, range, release } from "./setting.ts";
import { constantAttack, phiAttack, statisticsOf } from "./tiny-attacks.ts";

const valSet = range(30, 36);

/** Attacks that depend on the outputs they are made from, as fitted ones do. */
const refit = ({ members, nonMembers, epoch, rng }: RefreshRequest): Promise<typeof attacks> => {
  const slope = 0.5 + Math.abs(members.logits[0]!) + rng.uniform();
  const offset = nonMembers.logits[1]! + epoch;
  return Promise.resolve(
    ["a", "b"].map((name) => phiAttack(name, { slope, offset, nonMember: statisticsOf([-1, 0, 0.5]) })),
  );
};

describe("ltu with refreshed attacks", () => {
  const config: LtuConfig = { ...small, epochs: 5, miRefreshEpochs: 2, refreshAttacks: refit };

  it("makes them from the model as it is, on members and on the validation set, when they are due", async () => {
    const request = makeRequest();
    const asked: RefreshRequest[] = [];
    const unlearner = ltu({
      ...config,
      refreshAttacks: async (outputs) => {
        asked.push(outputs);
        return refit(outputs);
      },
    });
    expect(unlearner.needs).toEqual({ forget: true, retain: "rho", val: true, attackData: true });
    const { weights, cost } = await unlearner.unlearn({ ...request, valSet });
    release(weights);
    expect(asked.map(({ epoch }) => epoch)).toEqual([2, 4]);
    expect(asked[0]!.attacks).toBe(attacks);
    expect(asked[1]!.attacks[0]!.name).toBe("a");
    // What a run of two epochs ends with is what the first refresh sees.
    const half = await ltu({ ...small, epochs: 2 }).unlearn(request);
    for (const [outputs, indexes] of [
      [asked[0]!.members, request.accessibleRetain!],
      [asked[0]!.nonMembers, valSet],
    ] as const) {
      const expected = await predict(request.model, half.weights, request.batches, indexes);
      expect(outputs).toEqual({ ...expected, indexes });
    }
    const without = await ltu({ ...small, epochs: 5 }).unlearn(request);
    expect(cost.imagesForward - without.cost.imagesForward).toBe(2 * (24 + 6));
    [half.weights, without.weights].forEach(release);
    release(request.original);
  });

  it("gives the attacks as they were fitted, not as a run matched them to its classes", async () => {
    const request = makeRequest();
    const matching = { ...small, attacks: known, epochs: 3, matchClasses: true };
    const asked: RefreshRequest[] = [];
    const refreshed = await ltu({
      ...matching,
      miRefreshEpochs: 1,
      refreshAttacks: async (outputs) => {
        asked.push(outputs);
        return outputs.attacks;
      },
    }).unlearn({ ...request, valSet });
    const without = await ltu(matching).unlearn(request);
    expect(asked).toHaveLength(2);
    expect(asked[1]!.attacks).toBe(known);
    expect(await numbersOf(refreshed.weights)).toEqual(await numbersOf(without.weights));
    [refreshed.weights, without.weights].forEach(release);
    release(request.original);
  });

  it("uses the new ones", async () => {
    const request = makeRequest();
    const { weights, history } = await ltu({
      ...config,
      epochs: 2,
      miRefreshEpochs: 1,
      refreshAttacks: () => Promise.resolve([constantAttack(1)]),
    }).unlearn({ ...request, valSet });
    release(weights);
    release(request.original);
    expect(history["forgetNorm"]!.map((norm) => norm > 0)).toEqual([
      ...Array(4).fill(true),
      ...Array(4).fill(false),
    ]);
  });

  it("ends with the very weights of an uninterrupted run, also when stopped between two refreshes", async () => {
    const losses: Partial<LtuConfig> = { lossRefreshEpochs: 3 };
    for (const change of [{}, losses]) {
      const whole = await endOf({ ...config, ...change }, { ...makeRequest(), valSet } as never);
      const checkpoint = memoryPort();
      const request = { ...makeRequest({ checkpoint }), valSet };
      const stop = new AbortController();
      const stopped = ltu({ ...config, ...change }).unlearn({
        ...request,
        signal: stop.signal,
        onProgress: ({ step }) => {
          if (step === 14) stop.abort();
        },
      });
      await expect(stopped).rejects.toMatchObject({ code: "ABORTED" });
      // Epoch 2 begins with new attacks; epochs 1 and 3 do not. With losses every third epoch, none begins afresh.
      expect(checkpoint.saves).toBe(change === losses ? 0 : 1);
      const { weights } = await ltu({ ...config, ...change }).unlearn(request);
      expect(await numbersOf(weights)).toEqual(whole);
      release(weights);
      release(request.original);
    }
  });

  it("says what is missing or wrong", async () => {
    const request = makeRequest();
    expect(() => ltu({ ...small, miRefreshEpochs: 1 })).toThrow(
      "found miRefreshEpochs 1 without refreshAttacks",
    );
    expect(() => ltu({ ...small, refreshAttacks: refit })).toThrow(
      "found miRefreshEpochs 0 with refreshAttacks",
    );
    await expect(ltu(config).unlearn(request)).rejects.toThrow("expected a validation set");
    const run = (made: unknown): Promise<unknown> =>
      ltu({ ...config, miRefreshEpochs: 1, refreshAttacks: () => Promise.resolve(made as never) }).unlearn({
        ...request,
        valSet,
      });
    await expect(run([])).rejects.toThrow("attacks must hold at least one feedback attack");
    await expect(run([{ ...constantAttack(0), role: "evaluator" }])).rejects.toMatchObject({
      code: "FIREWALL",
    });
    release(request.original);
  });
});

describe("ltu with nearForget", () => {
  it("computes the features of the original model once, in eval mode", async () => {
    const request = makeRequest({ architecture: "batch-norm-mlp" });
    let evaluated = 0;
    const model: Model = {
      ...request.model,
      apply: (weights, images, options) => {
        if (options.mode === "eval") evaluated += images.shape[0];
        return request.model.apply(weights, images, options);
      },
    };
    const { weights, cost } = await ltu({
      ...small,
      samplers: ["nearForget", "uniform"],
      supportGate: false,
      anchorWeight: 0,
    }).unlearn({ ...request, model });
    release(weights);
    expect(evaluated).toBe(24 + 12);
    expect(cost.imagesForward - cost.imagesBackward).toBe(24 + 12);

    const indexes = Int32Array.of(30, 2, 7);
    const { features, featureWidth } = await originalFeatures(request, indexes, () => Promise.resolve());
    const { images } = request.batches(indexes);
    const output = request.model.apply(request.original, images, { mode: "eval" });
    const expected = await output.features.data();
    indexes.forEach((index, i) => {
      expect(features.slice(index * featureWidth, (index + 1) * featureWidth)).toEqual(
        expected.slice(i * featureWidth, (i + 1) * featureWidth),
      );
    });
    [images, output.logits, output.features].forEach((tensor) => tensor.dispose());
    disposeParams(output.stats ?? {});
    release(request.original);
  });

  it("asks for the neighbours of each support batch, and resumes to the same weights", async () => {
    const config: LtuConfig = { ...small, epochs: 2, samplers: ["nearForget", "hard"] };
    const whole = await endOf(config, makeRequest());
    expect(await endOf({ ...config, samplers: ["uniform", "hard"] }, makeRequest())).not.toEqual(whole);
    const checkpoint = memoryPort();
    const request = makeRequest({ checkpoint });
    const stop = new AbortController();
    const onProgress = ({ step }: { step: number }): void => {
      if (step === 5) stop.abort();
    };
    await expect(ltu(config).unlearn({ ...request, signal: stop.signal, onProgress })).rejects.toThrow();
    const { weights, cost } = await ltu(config).unlearn(request);
    expect(await numbersOf(weights)).toEqual(whole);
    const straight = await ltu(config).unlearn({ ...request, checkpoint: undefined });
    expect({ ...cost, wallMs: 0 }).toEqual({ ...straight.cost, wallMs: 0 });
    [weights, straight.weights].forEach(release);
    release(request.original);
  });
});
