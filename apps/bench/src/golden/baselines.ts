import type { GoldenCase, GoldenTopic } from "@ltu/testing";

import { badTeacherCase } from "./baselines/bad-teacher.ts";
import { boundaryExpandingCase } from "./baselines/boundary-expanding.ts";
import { boundaryShrinkCase } from "./baselines/boundary-shrink.ts";
import { finetuneCase } from "./baselines/finetune.ts";
import type { CaseRunner } from "./baselines/fixture.ts";
import { gradientAscentCase } from "./baselines/gradient-ascent.ts";
import { influenceUnlearningCase } from "./baselines/influence-unlearning.ts";
import { l1SparseCase } from "./baselines/l1-sparse.ts";
import { negGradPlusCase } from "./baselines/neg-grad-plus.ts";
import { randomLabelsCase } from "./baselines/random-labels.ts";
import { salunCase, salunMaskCase } from "./baselines/salun.ts";
import { salunSoftCase } from "./baselines/salun-soft.ts";
import { scrubCase } from "./baselines/scrub.ts";
import { ssdCase } from "./baselines/ssd.ts";

/** Which runner proves the cases whose name begins so; the longest beginning decides. One line a method. */
const runners: Readonly<Record<string, CaseRunner>> = {
  "bad-teacher": badTeacherCase,
  "boundary-expand": boundaryExpandingCase,
  "boundary-shrink": boundaryShrinkCase,
  ft: finetuneCase,
  ga: gradientAscentCase,
  iu: influenceUnlearningCase,
  "l1-sparse": l1SparseCase,
  "neggrad-plus": negGradPlusCase,
  rl: randomLabelsCase,
  salun: salunCase,
  "salun-mask": salunMaskCase,
  "salun-soft": salunSoftCase,
  scrub: scrubCase,
  ssd: ssdCase,
};

/** Final weights of every baseline against the reference's own code. */
export const topic: GoldenTopic = {
  topic: "baselines",
  run: async (golden, file) =>
    (await runnerOf(golden)?.(golden, file)) ?? [`no method is proven by cases named ${golden.name}`],
};

function runnerOf({ name }: GoldenCase): CaseRunner | undefined {
  const [longest] = Object.keys(runners)
    .filter((beginning) => name === beginning || name.startsWith(`${beginning}-`))
    .toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : runners[longest];
}
