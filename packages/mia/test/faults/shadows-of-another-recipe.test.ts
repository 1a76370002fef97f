import { describe, expect, it } from "vitest";

import {
  hasScores,
  uLira,
  uLiraScores,
  type AuditInput,
  type ShadowModel,
} from "../../src/evaluators/index.ts";
import { phiFloat64 } from "../../src/signals/index.ts";
import { audited, origin, shadowTable } from "../evaluators/shadow-table.ts";

/** Scores, or an error for shadow models that cannot be compared with the audited model. */
type Attack = (input: AuditInput) => readonly number[];

/** Takes whatever outputs lie in the folder of shadow models, as code does that keeps no manifest. */
const anyShadows: Attack = ({ score, shadows }) => {
  const models = shadows?.models ?? [];
  const values = Float64Array.from(models.flatMap(({ outputs }) => [...phiFloat64(outputs)]));
  const samples = score.samples.labels.length;
  const sides = Int8Array.from(
    models.flatMap(({ forgotten }) =>
      Array.from({ length: samples }, (_, i) => (forgotten.includes(i) ? 1 : 0)),
    ),
  );
  return [...uLiraScores(phiFloat64(score.samples), { values, sides, samples }).scores];
};

const ours: Attack = (input) => {
  const result = uLira().evaluate(input);
  if (!hasScores(result)) throw new Error(result.detail);
  return [...result.scores];
};

function shadowModels(change: Partial<ShadowModel>): ShadowModel[] {
  return [
    [[0], 2],
    [[0], 1],
    [[], 0],
    [[], -1],
  ].map(([forgotten, phi], k) => ({
    ...shadowTable.model(`unlearned/${k}`, {
      kind: "unlearned",
      trainedOn: forgotten as number[],
      forgotten: forgotten as number[],
      phi: [phi as number],
    }),
    // The last one is of another origin.
    ...(k === 3 ? change : {}),
  }));
}

/** That shadow models like the audited one are accepted, and that one of another recipe or transform is named. */
function expectOneRecipe(attack: Attack): void {
  expect(attack(audited([1], shadowModels({})))).toHaveLength(1);
  for (const change of [{ recipe: "small-cnn, 40 epochs" }, { transform: "flipped" }]) {
    expect(() => attack(audited([1], shadowModels(change))), Object.keys(change)[0]).toThrow(
      /"unlearned\/3"/,
    );
  }
}

describe("fault 29: shadow models of another recipe, or read with another transform", () => {
  it("is refused, and ours names the shadow model", () => {
    expect(() => expectOneRecipe(anyShadows)).toThrow(/recipe/);
    expectOneRecipe(ours);
  });

  it("is refused for shadows of another method as well: they are no U-LiRA of this one", () => {
    const others = shadowModels({}).map((shadow) => ({ ...shadow, method: "finetune, 20 epochs" }));
    expect(origin.method).toBe("finetune");
    expect(() => ours(audited([1], others))).toThrow('expected shadow models unlearned by "finetune"');
  });
});
