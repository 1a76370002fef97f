import { describe, expect, expectTypeOf, it } from "vitest";

import {
  evaluatorAttacks,
  evaluatorManifest,
  feedbackFamilies,
  feedbackManifest,
  firewall,
  lossThreshold,
  rmia,
  uLira,
  type EvaluatorManifest,
  type FeedbackManifest,
  type ManifestRequest,
} from "../../src/evaluators/index.ts";
import { feedbackAttacks } from "../../src/feedback/index.ts";

const feedbackMade: ManifestRequest = {
  data: "cifar10",
  fittingSamples: Int32Array.of(3, 1, 2),
  seeds: ["7/attacks"],
  shadowModels: ["reference/0"],
};
const evaluatorMade: ManifestRequest = {
  data: "cifar10",
  fittingSamples: [10, 11],
  seeds: [8],
  shadowModels: ["unlearned/0"],
};
const feedback = feedbackManifest(["phi-logistic", "soft-ratio"], feedbackMade);
const evaluator = (changes: Partial<ManifestRequest> = {}): EvaluatorManifest =>
  evaluatorManifest(uLira(), { ...evaluatorMade, ...changes });

describe("firewall", () => {
  it("lets an evaluator through that shares nothing, whatever both scored", () => {
    expect(firewall({ feedback, evaluator: evaluator() })).toEqual({
      independent: true,
      shared: [],
      mark: undefined,
    });
  });

  it.each<[string, Partial<ManifestRequest>, string]>([
    ["fitting samples", { fittingSamples: [2, 10] }, "fitting samples (2)"],
    ["a seed", { seeds: ["7/attacks"] }, "seeds (7/attacks)"],
    ["a stream split from a feedback stream", { seeds: ["7/attacks/phi-logistic"] }, "seeds"],
    ["the root of a feedback stream", { seeds: [7] }, "seeds (7)"],
    ["a shadow model", { shadowModels: ["reference/0"] }, "shadow models (reference/0)"],
  ])("refuses one that shares %s, with the reason", (_, changes, message) => {
    const call = (): unknown => firewall({ feedback, evaluator: evaluator(changes) });
    expect(call).toThrow(expect.objectContaining({ code: "FIREWALL" }));
    expect(call).toThrow(message);
  });

  it("refuses one of a family that gave feedback, under whatever name", () => {
    const call = (): unknown => firewall({ feedback, evaluator: evaluatorManifest(rmia(), evaluatorMade) });
    expect(call).toThrow("families (rmia)");
    const threshold = evaluatorManifest(lossThreshold(), evaluatorMade);
    expect(() => firewall({ feedback, evaluator: threshold })).toThrow("families (confidence)");
  });

  it("lets it through with a mark for the report where that is allowed", () => {
    const outcome = firewall(
      { feedback, evaluator: evaluatorManifest(rmia(), { ...evaluatorMade, seeds: [7] }) },
      { allowShared: true },
    );
    expect(outcome.independent).toBe(false);
    expect(outcome.mark).toBe("shared: families (rmia), seeds (7)");
    const many = { ...evaluatorMade, fittingSamples: [1, 2, 3, 4], data: "cifar10" };
    const wide = feedbackManifest(["logistic"], { ...feedbackMade, fittingSamples: [1, 2, 3, 4] });
    const { mark } = firewall(
      { feedback: wide, evaluator: evaluatorManifest(uLira(), many) },
      { allowShared: true },
    );
    expect(mark).toBe("shared: fitting samples (1, 2, 3 and 1 more)");
  });

  it("compares sample indexes of the same data only, and streams by whole labels", () => {
    expect(
      firewall({ feedback, evaluator: evaluator({ fittingSamples: [2], data: "other" }) }).independent,
    ).toBe(true);
    expect(
      firewall({ feedback, evaluator: evaluator({ seeds: ["7/audit", "77", "7/attacks2"] }) }).independent,
    ).toBe(true);
  });

  it("refuses manifests in each other's place, at compile time and at run time", () => {
    expectTypeOf<FeedbackManifest>().not.toExtend<EvaluatorManifest>();
    expectTypeOf<EvaluatorManifest>().not.toExtend<FeedbackManifest>();
    // @ts-expect-error -- the manifests have changed places
    const call = (): unknown => firewall({ feedback: evaluator(), evaluator: feedback });
    expect(call).toThrow("found evaluator and feedback");
  });

  it("knows the family of every attack, and takes the name of an unknown one for its family", () => {
    expect(Object.keys(feedbackFamilies).sort()).toEqual(Object.keys(feedbackAttacks).sort());
    const { "confidence-svc": svc, ...others } = evaluatorAttacks;
    for (const factory of Object.values(others)) expect(factory().families.length).toBeGreaterThan(0);
    expect(svc().name).toBe("confidence-svc");
    expect(feedbackManifest([{ name: "my-attack" }], feedbackMade).families).toEqual(["my-attack"]);
    const declared = { ...feedbackMade, families: { "my-attack": ["entropy", "mine"] } };
    expect(feedbackManifest(["my-attack"], declared).families).toEqual(["entropy", "mine"]);
  });

  it("survives a round trip through JSON", () => {
    const again = JSON.parse(JSON.stringify(feedback)) as FeedbackManifest;
    expect(again).toEqual(feedback);
    expect(again.fittingSamples).toEqual([1, 2, 3]);
  });
});
