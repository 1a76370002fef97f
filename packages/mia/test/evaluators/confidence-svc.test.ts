import { describe, expect, it } from "vitest";

import type { Predictions } from "@ltu/core";

import { confidenceSvc } from "../../src/evaluators/index.ts";
import { outputs } from "../outputs.ts";

const part = ({ logits, labels, classes }: Predictions, from: number, to: number): Predictions => ({
  logits: logits.slice(from * classes, to * classes),
  labels: labels.slice(from, to),
  classes,
});

const retain = outputs("retain", { size: 300, margin: 9 });
const test = outputs("test", { size: 120, margin: 1 });

describe("confidenceSvc", () => {
  it("catches a model that still knows its forget set, and clears one that never saw it", () => {
    const attack = confidenceSvc();
    const known = attack.evaluate({ retain, test, forget: outputs("known", { size: 80, margin: 9 }) });
    const never = attack.evaluate({ retain, test, forget: outputs("never", { size: 80, margin: 1 }) });
    expect(known.efficacyPercent).toBeLessThan(15);
    expect(never.efficacyPercent).toBeGreaterThan(70);
  });

  it("decides above 0 for members, and reports the share of the others", () => {
    const { decisions, efficacyPercent } = confidenceSvc().evaluate({
      retain,
      test,
      forget: outputs("mixed", { size: 50, margin: 4 }),
    });
    expect(efficacyPercent).toBe((100 * decisions.filter((decision) => decision <= 0).length) / 50);
  });

  it("takes the first min(|R|, |test|) samples of each side in data-set order, and says how many", () => {
    const forget = outputs("forget", { size: 40, margin: 5 });
    const whole = confidenceSvc().evaluate({ retain, test, forget });
    expect(whole.samples).toEqual({ members: 120, nonMembers: 120, forget: 40 });
    const cut = confidenceSvc().evaluate({ retain: part(retain, 0, 120), test, forget });
    expect(cut.decisions).toEqual(whole.decisions);
    const other = confidenceSvc().evaluate({ retain: part(retain, 180, 300), test, forget });
    expect(other.decisions).not.toEqual(whole.decisions);
  });

  it("works where the retain set is smaller than the test set", () => {
    const { samples } = confidenceSvc().evaluate({ retain: part(retain, 0, 30), test, forget: test });
    expect(samples).toEqual({ members: 30, nonMembers: 30, forget: 120 });
  });

  it("gives a reason, never a number, for empty sets, diverged models and models without a signal", () => {
    const none = part(test, 0, 0);
    const flat = { ...test, logits: test.logits.map(() => 0) };
    const diverged = { ...test, logits: test.logits.map(() => Number.NaN) };
    const evaluate = (changes: object) => () =>
      confidenceSvc().evaluate({ retain, test, forget: test, ...changes });
    expect(evaluate({ retain: none })).toThrow(expect.objectContaining({ code: "DATA" }));
    expect(evaluate({ forget: none })).toThrow("found 300, 120 and 0");
    expect(evaluate({ forget: diverged })).toThrow(expect.objectContaining({ code: "DATA" }));
    expect(evaluate({ retain: flat, test: flat })).toThrow(expect.objectContaining({ code: "NO_SIGNAL" }));
  });
});
