import { badTeacher } from "@ltu/baselines";

import { disposeParams, type Model } from "@ltu/core";

import { compareWeights, scriptOf, trainingOptions, unlearnFixture } from "./compare-run.ts";
import { withFixture, type CaseRunner } from "./fixture.ts";
import { scriptedRng } from "./scripted-rng.ts";

/** Bad Teacher with the two teachers that the case names. */
export const badTeacherCase: CaseRunner = (golden, file) =>
  withFixture(golden, file, async (fixture) => {
    const { fullTeacher, incompetentTeacher, temperature, reduction, optimizer } = golden.params as Record<
      "fullTeacher" | "incompetentTeacher" | "reduction",
      string
    > & { temperature: number; optimizer: "adam" | "sgd" };
    const named = (name: string): ReturnType<typeof fixture.weightsNamed> =>
      fixture.weightsNamed(name.replace("fixture.", ""));
    const competent = named(fullTeacher);
    // The method's teachers are its fresh weights and the original ones; a case may have the student start elsewhere.
    const model: Model = {
      ...fixture.model,
      init: () => named(incompetentTeacher),
      apply: (weights, images, options) => {
        const isTeacher = options.mode === "eval" && weights === fixture.original;
        return fixture.model.apply(isTeacher ? competent : weights, images, options);
      },
    };
    const method = badTeacher({
      ...trainingOptions(golden),
      temperature,
      reduction: reduction === "batchmean" ? "batch" : "elements",
      optimizer,
    });
    const rng = scriptedRng(scriptOf(golden));
    const { weights } = await unlearnFixture(method, fixture, { model, rng });
    try {
      return await compareWeights(golden, fixture, weights);
    } finally {
      [weights, competent].forEach(({ params, stats }) => [params, stats].forEach(disposeParams));
    }
  });
