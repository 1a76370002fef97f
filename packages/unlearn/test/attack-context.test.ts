import { describe, expect, it } from "vitest";

import type { AttackContext, FeedbackAttack } from "@ltu/core";

import { endOf, small } from "./runs.ts";
import { attacks, makeRequest } from "./setting.ts";

describe("ltu", () => {
  it.each(["literal", "recommended"] as const)(
    "tells attacks which samples they score, in the order of the batch (%s)",
    async (optionSet) => {
      const asked: { readonly context: AttackContext | undefined; readonly labels: readonly number[] }[] = [];
      const listening = attacks.map((attack): FeedbackAttack => ({
        ...attack,
        score: (logits, labels, context) => {
          // The data of the setting: sample i has the label i mod 4.
          asked.push({ context, labels: [...labels.dataSync()] });
          return attack.score(logits, labels, context);
        },
      }));
      const request = makeRequest();
      await endOf({ ...small, epochs: 1, optionSet, attacks: listening }, request);
      expect(asked.length).toBeGreaterThan(0);
      for (const { context, labels } of asked) {
        expect([...(context?.indexes ?? [])].map((index) => index % 4)).toEqual(labels);
        expect([...(context?.indexes ?? [])].every((index) => request.forgetSet.includes(index))).toBe(true);
      }
    },
  );
});
