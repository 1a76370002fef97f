import { mean, neg, softplus, tensor1d, tidy, type Tensor1D } from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";

import {
  addScaledParams,
  disposeParams,
  type FeedbackAttack,
  type BatchSource,
  type IndexSet,
} from "@ltu/core";

import { decideBySets } from "../src/decide-by-sets.ts";
import { forgetFeedback, type ForgetFeedback } from "../src/forget-feedback.ts";
import { optionSets, type LtuOptions } from "../src/index.ts";
import { alike, attacks, makeRequest, release } from "./setting.ts";

type Setting = ReturnType<typeof makeRequest>;

const feedbackOn = (
  request: Setting,
  options: Partial<LtuOptions>,
  judges = attacks,
): Promise<ForgetFeedback> =>
  forgetFeedback(
    {
      ...request,
      attacks: judges,
      options: decideBySets({ ...optionSets.recommended, innerLr: 0, ...options }, alike),
      classChoices: [0, 1, 2, 3],
      ledger: { imagesForward: 0, imagesBackward: 0 },
    },
    request.original,
    { audit: request.forgetSet, rng: request.rng },
  );

const numbers = async (tree: ForgetFeedback["gradient"]): Promise<number[]> =>
  (await Promise.all(Object.values(tree).map((tensor) => tensor.data()))).flatMap((part) => [...part]);

describe("forgetFeedback", () => {
  it("without a gap asks the same attack on the same half twice, without a query once", async () => {
    const request = makeRequest();
    const same = await feedbackOn(request, { attackQuery: "support" });
    const [whole, part] = [await numbers(same.gradient), await numbers(same.tuneGradient)];
    whole.forEach((value, i) => expect(value).toBeCloseTo(2 * part[i]!, 6));
    const none = await feedbackOn(request, { attackQuery: "none" });
    expect(await numbers(none.gradient)).toEqual(part);
    expect(none.evaluations).toEqual({ tune: 1, test: 0 });
    const others = await feedbackOn(request, {});
    expect(await numbers(others.testGradient)).not.toEqual(part);
    [same, none, others].forEach(({ owned }) => owned.forEach(disposeParams));
    release(request.original);
  });

  it("needs no attacks for gradient ascent, whose losses are negative", async () => {
    const request = makeRequest();
    const result = await feedbackOn(request, { forgetLoss: "negativeCrossEntropy" }, []);
    expect([result.tuneLoss < 0, result.testLosses[0]! < 0, result.attackMean]).toEqual([true, true, 0]);
    result.owned.forEach(disposeParams);
    release(request.original);
  });

  it("augments the query half alone, where it is asked to", async () => {
    for (const augmentAudit of [false, true]) {
      const request = makeRequest();
      const asked: boolean[] = [];
      const batches: BatchSource = Object.assign(
        (indexes: IndexSet, options?: Parameters<BatchSource>[1]) => {
          asked.push(options?.augment !== undefined);
          return request.batches(indexes, options);
        },
        { imageShape: request.batches.imageShape, classes: request.batches.classes },
      );
      const { owned } = await feedbackOn({ ...request, batches }, { augmentAudit });
      expect(asked).toEqual([false, augmentAudit]);
      owned.forEach(disposeParams);
      release(request.original);
    }
  });

  it("is zero where it has no weight", async () => {
    const request = makeRequest();
    const { gradient, owned, evaluations } = await feedbackOn(request, { forgetWeight: 0 }, []);
    expect((await numbers(gradient)).every((value) => value === 0)).toBe(true);
    expect(evaluations).toEqual({ tune: 0, test: 0 });
    owned.forEach(disposeParams);
    release(request.original);
  });

  it("makes the audited samples look less like members; an attack with its sign turned does the reverse", async () => {
    const right = attacks[0]!;
    const turned: FeedbackAttack = {
      ...right,
      score: (logits, labels) => tidy(() => neg(right.score(logits, labels)) as Tensor1D),
    };
    /** The loss of "no member" by the right attack before and after a step against the forgetting gradient. */
    const losses = async (judge: FeedbackAttack): Promise<[number, number]> => {
      const request = makeRequest();
      const options = { forgetTarget: "nonMember", miFloor: false, attackScale: "none" } as const;
      const { gradient, owned } = await feedbackOn(request, options, [judge]);
      const moved = addScaledParams(request.original.params, gradient, -2);
      const means: number[] = [];
      for (const params of [request.original.params, moved]) {
        const batch = request.batches(request.forgetSet);
        const average = tidy(() => {
          const { logits } = request.model.apply({ params, stats: request.original.stats }, batch.images, {
            mode: "eval",
          });
          return mean(softplus(right.score(logits, tensor1d(batch.labels, "int32"))));
        });
        means.push((await average.data())[0]!);
        [average, batch.images].forEach((tensor) => tensor.dispose());
      }
      [...owned, moved].forEach(disposeParams);
      release(request.original);
      return means as [number, number];
    };
    const [before, after] = await losses(right);
    expect(after).toBeLessThan(before - 1e-3);
    const [, afterTurned] = await losses(turned);
    expect(afterTurned).toBeGreaterThan(before + 1e-3);
  });
});
