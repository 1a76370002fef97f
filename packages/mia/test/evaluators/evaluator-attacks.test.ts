import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, expectTypeOf, it } from "vitest";

import type { EvaluatorAttack, FeedbackAttack } from "@ltu/core";

import {
  evaluatorAttacks,
  type ConfidenceSvcInput,
  type ConfidenceSvcResult,
  type Evaluator as SampleEvaluator,
} from "../../src/evaluators/index.ts";
import type { FeedbackDefinition, TrainFeedbackRequest } from "../../src/feedback/index.ts";

describe("evaluatorAttacks", () => {
  it("holds every evaluator of the folder under its own name, and the README names each", () => {
    const folder = new URL("../../src/evaluators/", import.meta.url);
    const inFolder = readdirSync(folder)
      .filter((file) =>
        // Whatever makes an evaluator of its own: by defineEvaluator, by a threshold on a signal, or by hand.
        /^ {2}return (?:defineEvaluator\(\{\n {4}name: "|signalThreshold\()|^ {4}role: "evaluator",\n {4}name: "/mu.test(
          readFileSync(new URL(file, folder), "utf8"),
        ),
      )
      .map((file) => file.replace(/\.ts$/u, ""));
    expect(Object.keys(evaluatorAttacks).sort()).toEqual(inFolder.sort());
    const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    for (const [name, factory] of Object.entries(evaluatorAttacks)) {
      expect(factory().name).toBe(name);
      expect(readme).toContain(`\`${name}\``);
    }
  });

  it("cannot be given where feedback is wanted, nor the reverse", () => {
    type Evaluator = EvaluatorAttack<ConfidenceSvcInput, ConfidenceSvcResult>;
    expectTypeOf<Evaluator>().not.toExtend<FeedbackAttack>();
    expectTypeOf<FeedbackAttack>().not.toExtend<Evaluator>();
    // Not even when it has every method of the other.
    expectTypeOf<Omit<FeedbackAttack, "role"> & Evaluator>().not.toExtend<FeedbackAttack>();
    expectTypeOf<FeedbackAttack["role"]>().toEqualTypeOf<"feedback">();
    expectTypeOf<ReturnType<(typeof evaluatorAttacks)["confidence-svc"]>>().toEqualTypeOf<Evaluator>();
    for (const name of ["lira", "rmia", "u-lira", "loss-threshold", "ensemble"] as const) {
      expectTypeOf<ReturnType<(typeof evaluatorAttacks)[typeof name]>>().toEqualTypeOf<SampleEvaluator>();
    }
    expectTypeOf<SampleEvaluator>().not.toExtend<FeedbackAttack>();
    expectTypeOf<SampleEvaluator>().not.toExtend<FeedbackDefinition>();
    expectTypeOf<SampleEvaluator>().not.toExtend<TrainFeedbackRequest["attacks"][number]>();
    expectTypeOf<FeedbackDefinition>().not.toExtend<SampleEvaluator>();
    // @ts-expect-error -- an evaluator gives no feedback
    const feedback: TrainFeedbackRequest["attacks"] = [evaluatorAttacks.lira()];
    // @ts-expect-error -- and a feedback attack audits nothing
    const audit: SampleEvaluator = { name: "logistic", readsLabels: true } as FeedbackDefinition;
    expect([feedback, audit]).toHaveLength(2);
  });
});
