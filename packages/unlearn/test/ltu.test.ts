import { memory } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import { addScaledParams, disposeParams, dotParams, mapParams, normParams } from "@ltu/core";
import type { BatchSource, IndexSet, ModelWeights, Params, UnlearnRequest } from "@ltu/core";

import { decideBySets } from "../src/decide-by-sets.ts";
import { ltu, optionSets, type LtuConfig } from "../src/index.ts";
import { rememberFeedback } from "../src/remember-feedback.ts";
import { endOf, memoryPort, small } from "./runs.ts";
import { alike, attacks, makeRequest, numbersOf, range, release } from "./setting.ts";
import { constantAttack, phiAttack, statisticsOf } from "./tiny-attacks.ts";

describe("ltu", () => {
  it.each(["literal", "recommended"] as const)(
    "reduces to its remembering branch when attacks say nothing (%s)",
    async (optionSet) => {
      const silent = await endOf(
        { ...small, optionSet, supportGate: false, attacks: [constantAttack(2), constantAttack(-1)] },
        makeRequest(),
      );
      const without = await endOf(
        { ...small, optionSet, supportGate: false, attacks: [], forgetWeight: 0 },
        makeRequest(),
      );
      silent.forEach((value, i) => expect(Math.abs(value - without[i]!)).toBeLessThan(1e-7));
    },
  );

  it("gives the same weights in both orders when the inner step is zero", async () => {
    const first = await endOf({ ...small, innerLr: 0, order: "first" }, makeRequest());
    expect(await endOf({ ...small, innerLr: 0, order: "second" }, makeRequest())).toEqual(first);
    expect(await endOf({ ...small, innerLr: 0.5, order: "first" }, makeRequest())).not.toEqual(first);
  });

  it("gives the same weights for one forward pass over all query sets as for one each, without batch norm", async () => {
    const fused = await endOf({ ...small, fusedQueries: true }, makeRequest());
    const apart = await endOf({ ...small, fusedQueries: false, batchStatistics: "own" }, makeRequest());
    fused.forEach((value, i) => expect(Math.abs(value - apart[i]!)).toBeLessThan(1e-5));
  });

  // Row 17 of the fault list: a remembering gradient that is identically zero, or not that of its objective.
  it("has a remembering gradient that is a finite difference of tune plus test loss", async () => {
    const request = makeRequest();
    const changed = { ...optionSets.literal, augment: false, innerLr: 0.2, fusedQueries: true };
    const options = decideBySets(changed, alike);
    const { rng } = request;
    const at = async (params: Params): Promise<{ value: number; gradient: Params }> => {
      const feedback = await rememberFeedback(
        {
          ...request,
          attacks,
          options,
          classChoices: [0, 1, 2, 3],
          ledger: { imagesForward: 0, imagesBackward: 0 },
        },
        { params, stats: {} },
        { support: request.forgetSet, queries: [range(0, 8), range(8, 16)], rng },
      );
      const { gradient, tuneGradient, testGradient, curvature, stats, tuneLoss, testLosses } = feedback;
      [tuneGradient, testGradient, curvature ?? {}, stats].forEach(disposeParams);
      return { value: tuneLoss + testLosses[0]!, gradient };
    };
    const { params } = request.original;
    const { gradient } = await at(params);
    const norm = await normParams(gradient);
    expect(norm).toBeGreaterThan(0.05);
    const valueAt = async (factor: number): Promise<number> => {
      const moved = addScaledParams(params, gradient, factor / norm);
      const result = await at(moved);
      [moved, result.gradient].forEach(disposeParams);
      return result.value;
    };
    const slope = ((await valueAt(0.02)) - (await valueAt(-0.02))) / 0.04;
    expect(Math.abs(slope - norm)).toBeLessThan(2e-3);
    disposeParams(gradient);
    release(request.original);
  });

  // Row 18 of the fault list, through the whole loop: tiny forgetting gradients conflict as large ones do.
  it("sees the same conflicts whatever the scale of the forgetting gradient", async () => {
    const cosines = async (scale: number): Promise<readonly number[]> => {
      const scaled = ["a", "b"].map((name, k) =>
        phiAttack(name, {
          slope: 0.1 * scale,
          offset: 0,
          nonMember: statisticsOf([-0.3, -0.2, -0.1, 0.1 * k].map((value) => value * scale)),
        }),
      );
      const request = makeRequest();
      const { weights, history } = await ltu({
        ...small,
        attacks: scaled,
        attackScale: "none",
        forgetNormCap: null,
        supportGate: false,
        outerLr: 1e-6,
      }).unlearn(request);
      release(weights);
      release(request.original);
      expect(history["conflict"]).toEqual(history["cosine"]!.map((cosine) => (cosine < 0 ? 1 : 0)));
      return history["cosine"]!;
    };
    const large = await cosines(1);
    (await cosines(1e-8)).forEach((cosine, i) => expect(cosine).toBeCloseTo(large[i]!, 2));
    expect(large.some((cosine) => Math.abs(cosine) > 0.05)).toBe(true);
  });

  it("moves running statistics with the support pass at the current weights and nothing else", async () => {
    for (const optionSet of ["literal", "recommended"] as const) {
      const request = makeRequest({ architecture: "batch-norm-mlp", forget: 6, accessible: 6 });
      const { weights } = await ltu({ ...small, optionSet, epochs: 1, augment: false }).unlearn(request);
      // One step: its support is the forget set in some order, so its statistics are those of the whole set.
      const { images } = request.batches(request.forgetSet);
      const once = request.model.apply(request.original, images, { mode: "train" });
      const [moved, expected] = [
        await numbersOf({ params: {}, stats: weights.stats }),
        await numbersOf({ params: {}, stats: once.stats! }),
      ];
      expect(moved.length).toBeGreaterThan(0);
      moved.forEach((value, i) => expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5));
      [images, once.logits, once.features].forEach((tensor) => tensor.dispose());
      [weights.params, weights.stats, once.stats!].forEach(disposeParams);
      release(request.original);
    }
  });

  it("refuses the checkpoint of a run with other options", async () => {
    const checkpoint = memoryPort();
    await endOf(small, makeRequest({ checkpoint }));
    const request = makeRequest({ checkpoint });
    await expect(ltu({ ...small, outerLr: 0.5 }).unlearn(request)).rejects.toMatchObject({ code: "DATA" });
    release(request.original);
  });

  it("reads nothing but the forget set and the accessible retain set", async () => {
    const request = makeRequest({ accessible: 40 });
    const accessibleRetain = range(8, 32);
    const allowed = new Set([...request.forgetSet, ...accessibleRetain]);
    const seen = new Set<number>();
    const guarded: BatchSource = Object.assign(
      (indexes: IndexSet, options?: Parameters<BatchSource>[1]) => {
        for (const index of indexes) {
          if (!allowed.has(index)) throw new Error(`index ${index} is out of bounds`);
          seen.add(index);
        }
        return request.batches(indexes, options);
      },
      { imageShape: request.batches.imageShape, classes: request.batches.classes },
    );
    const unlearner = ltu(small);
    expect(unlearner.needs).toEqual({ forget: true, retain: "rho", val: false, attackData: true });
    const { weights } = await unlearner.unlearn({ ...request, batches: guarded, accessibleRetain });
    release(weights);
    release(request.original);
    expect(seen.size).toBe(allowed.size);
  });

  it("names the step at which it diverged, and holds nothing afterwards", async () => {
    const before = memory().numTensors;
    const request = makeRequest();
    await expect(
      ltu({ ...small, optionSet: "literal", outerLr: 1e38 }).unlearn(request),
    ).rejects.toMatchObject({
      code: "DIVERGED",
      message: expect.stringMatching(/^ltu-literal: diverged at step [2-4] of 8: /) as string,
    });
    release(request.original);
    expect(memory().numTensors).toBe(before);
  });

  it("counts every image that goes through the model", async () => {
    // Forget set 12 in 2 batches of 6; accessible 24; 4 steps an epoch; query sets of 3.
    const costOf = async (config: Partial<LtuConfig>): Promise<readonly [number, number, number]> => {
      const request = makeRequest();
      const { weights, cost } = await ltu({ ...small, epochs: 1, ...config }).unlearn(request);
      release(weights);
      release(request.original);
      return [cost.imagesForward, cost.imagesBackward, cost.steps];
    };
    const gradients = 6 + 9 + 3 + 3;
    expect(await costOf({})).toEqual([24 + 4 * (gradients + 6 + 9), 4 * gradients, 4]);
    expect(
      await costOf({
        supportGate: false,
        anchorWeight: 0,
        samplers: ["uniform", "classSkewed", "classBalanced"],
      }),
    ).toEqual([4 * gradients, 4 * gradients, 4]);
    expect(await costOf({ order: "second" })).toEqual([
      24 + 4 * (gradients + 6 + 9 + 2 * (6 + 3)),
      4 * (gradients + 2 * (6 + 3)),
      4,
    ]);
  });

  it("tells its progress and records one number a step", async () => {
    const request = makeRequest();
    const steps: number[] = [];
    const { weights, history } = await ltu(small).unlearn({
      ...request,
      onProgress: ({ task, step, steps: all, epoch, epochs, values }) => {
        expect([task, all, epochs]).toEqual(["ltu-recommended", 8, 2]);
        expect(epoch).toBe(step <= 4 ? 1 : 2);
        expect(Object.values(values!).every(Number.isFinite)).toBe(true);
        steps.push(step);
      },
    });
    release(weights);
    release(request.original);
    expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    Object.values(history).forEach((series) => expect(series).toHaveLength(8));
    history["forgetScale"]!.forEach((scale, i) => {
      const cap = optionSets.recommended.forgetNormCap!;
      const capped = (cap * history["rememberNorm"]![i]!) / history["forgetNorm"]![i]!;
      expect(scale).toBeCloseTo(Math.min(2, capped), 10);
    });
  });

  it("holds no more bytes after 50 iterations than after 5", async () => {
    const request = makeRequest({ architecture: "batch-norm-mlp" });
    const bytes: number[] = [];
    const tensors: number[] = [];
    const { weights } = await ltu({ ...small, epochs: 13, order: "second" }).unlearn({
      ...request,
      onProgress: () => {
        bytes.push(memory().numBytes);
        tensors.push(memory().numTensors);
      },
    });
    release(weights);
    release(request.original);
    expect(bytes.length).toBeGreaterThan(50);
    expect(bytes[49]).toBeLessThanOrEqual(bytes[4]!);
    expect(tensors[49]).toBeLessThanOrEqual(tensors[4]!);
  });

  it("borrows the original weights", async () => {
    const request = makeRequest();
    const before = await numbersOf(request.original);
    const { weights } = await ltu(small).unlearn(request);
    expect(await numbersOf(request.original)).toEqual(before);
    const difference = mapParams(weights.params, (tensor) => tensor);
    expect(await dotParams(difference, request.original.params)).not.toBe(0);
    release(weights);
    expect(await numbersOf(request.original)).toEqual(before);
    release(request.original);
  });

  it("works with one attack, one forget sample and sets smaller than a batch", async () => {
    for (const optionSet of ["literal", "recommended"] as const) {
      const request = makeRequest({ forget: 1, accessible: 3 });
      const { weights, history } = await ltu({ attacks: attacks.slice(0, 1), optionSet, epochs: 2 }).unlearn(
        request,
      );
      expect(history["tuneLoss"]).toHaveLength(2);
      release(weights);
      release(request.original);
    }
  });

  it("says what is missing in a request", async () => {
    const request = makeRequest();
    const run = (changes: Partial<UnlearnRequest>): Promise<unknown> =>
      ltu(small).unlearn({ ...request, ...changes });
    await expect(run({ forgetSet: new Int32Array(0) })).rejects.toThrow("expected a forget set, found none");
    await expect(run({ accessibleRetain: undefined })).rejects.toThrow("found 0; raise the retain fraction");
    await expect(run({ model: request.model.withClasses(5) })).rejects.toMatchObject({ code: "SHAPE" });
    release(request.original);
  });

  it("refuses attacks that are missing or meant to audit the result", () => {
    expect(() => ltu({ attacks: [] })).toThrow("attacks must hold at least one feedback attack, found none");
    const evaluator = { ...constantAttack(0), role: "evaluator", name: "svc" } as never;
    expect(() => ltu({ attacks: [evaluator] })).toThrow('found the evaluator "svc"');
  });

  it("is named by its option set and lists its options as JSON", () => {
    const unlearner = ltu({ attacks, optionSet: "literal", epochs: 3 });
    expect(unlearner.name).toBe("ltu-literal");
    expect(JSON.parse(JSON.stringify(unlearner.options))).toMatchObject({
      ...optionSets.literal,
      epochs: 3,
      optionSet: "literal",
      attacks: [{ name: "phi-a" }, { name: "phi-b" }],
    });
  });
});

describe("ltu with batch norm", () => {
  const after = async (config: Partial<LtuConfig>): Promise<ModelWeights> => {
    const request = makeRequest({ architecture: "batch-norm-mlp" });
    const { weights } = await ltu({ ...small, epochs: 1, supportGate: false, ...config }).unlearn(request);
    release(request.original);
    return weights;
  };

  it("tells batch statistics in the forgetting branch from running ones", async () => {
    const [batch, running] = [
      await after({ attackBatchNorm: "batch" }),
      await after({ attackBatchNorm: "eval" }),
    ];
    expect(await numbersOf(batch)).not.toEqual(await numbersOf(running));
    [batch, running].forEach(release);
  });
});
