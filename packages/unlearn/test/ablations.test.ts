import { describe, expect, it } from "vitest";

import {
  ablations,
  ltu,
  optionSets,
  type AblationName,
  type LtuConfig,
  type LtuOptions,
} from "../src/index.ts";
import { endOf, small } from "./runs.ts";
import { attacks, makeRequest } from "./setting.ts";

describe("ablations", () => {
  it.each(Object.keys(ablations) as AblationName[])("changes exactly what it names: %s", (name) => {
    const change: Partial<LtuOptions> = ablations[name];
    const changed = { literal: 0, initial: 0, recommended: 0 };
    for (const optionSet of ["literal", "initial", "recommended"] as const) {
      const base = optionSets[optionSet];
      const refreshAttacks = name === "refreshedAttacks" ? () => Promise.resolve(attacks) : undefined;
      // The quantile target knows no floor, so an ablation of the one sets the other.
      const { options } = ltu({ attacks, optionSet, refreshAttacks, ...change });
      for (const key of Object.keys(base) as (keyof LtuOptions)[]) {
        expect([key, options[key]]).toEqual([key, key in change ? change[key] : base[key]]);
        if (JSON.stringify(options[key]) !== JSON.stringify(base[key])) changed[optionSet] += 1;
      }
    }
    const most = Object.keys(change).length;
    expect(Math.max(changed.literal, changed.recommended)).toBe(name === "noMeta" ? 2 : most);
  });

  it("hold no two alike", () => {
    const texts = Object.values(ablations).map((change) => JSON.stringify(change));
    expect(new Set(texts).size).toBe(texts.length);
  });

  it("change the weights that a run ends with", async () => {
    // All but those that change nothing here, and refreshed attacks, which have a test of their own.
    const left: AblationName[] = ["full", "firstOrder", "refreshedAttacks"];
    const seed = 2; // with a conflict among its four steps
    const endWith = (change: Partial<LtuOptions>): Promise<number[]> =>
      endOf(
        { ...small, epochs: 1, innerLr: 0.2, ...change },
        makeRequest({ architecture: "batch-norm-mlp", seed }),
      );
    const full = await endWith({});
    const names = (Object.keys(ablations) as AblationName[]).filter((name) => !left.includes(name));
    for (const name of names) {
      const end = await endWith(ablations[name]);
      expect([name, end.every((value, i) => value === full[i])]).toEqual([name, false]);
    }
  });
});

describe("optionSets", () => {
  it("differ, recommended from initial, in the rates of a search, in what is for sets of one kind, and in nothing else", async () => {
    const { initial, recommended } = optionSets;
    const rest = (Object.keys(initial) as (keyof LtuOptions)[]).filter(
      (key) => JSON.stringify(recommended[key]) !== JSON.stringify(initial[key]),
    );
    expect(rest).toEqual([
      "forgetPasses",
      "matchClasses",
      "batchStatistics",
      "outerLr",
      "forgetNormCap",
      "anchorWeight",
    ]);
    const sizes = { attacks, epochs: 1, batchSize: 6, queryBatch: 9 };
    const end = (config: Partial<LtuConfig>): Promise<number[]> =>
      endOf({ ...sizes, ...config }, makeRequest({ architecture: "batch-norm-mlp" }));
    const expected = await end({ optionSet: "initial" });
    const { outerLr, forgetNormCap, anchorWeight, matchClasses, batchStatistics } = initial;
    const rates = { outerLr, forgetNormCap, anchorWeight };
    expect(await end({ ...rates, matchClasses, batchStatistics })).toEqual(expected);
    // These sets are not of one kind.
    expect(await end(rates)).toEqual(expected);
    expect(await end({})).not.toEqual(expected);
  });

  it("become one another when every difference is taken away", async () => {
    const { literal, initial } = optionSets;
    const extrasOff: Partial<LtuOptions> = {
      ...ablations.noAnchor,
      ...ablations.nonMemberTarget,
      ...ablations.noNormCap,
      ...ablations.evalBatchNorm,
      ...ablations.noAttackScale,
      ...ablations.noGate,
    };
    // What is left are sizes, rates, order and fused queries: no additions to the paper's structure.
    const rest = (Object.keys(literal) as (keyof LtuOptions)[]).filter(
      (key) => JSON.stringify({ ...initial, ...extrasOff }[key]) !== JSON.stringify(literal[key]),
    );
    expect(rest).toEqual(["batchSize", "queryBatch", "fusedQueries", "order", "outerLr", "forgetWeight"]);
    const sizes = Object.fromEntries(rest.map((key) => [key, literal[key]]));
    for (const architecture of ["mlp", "batch-norm-mlp"] as const) {
      const [config, length] = [{ attacks }, { epochs: 1, batchSize: 6, queryBatch: 9 }];
      const expected = await endOf(
        { ...config, optionSet: "literal", ...length },
        makeRequest({ architecture }),
      );
      const got = await endOf(
        { ...config, optionSet: "initial", ...extrasOff, ...sizes, ...length },
        makeRequest({ architecture }),
      );
      expect(got).toEqual(expected);
    }
  });
});
