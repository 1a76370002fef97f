import type { GoldenCase, GoldenTopic } from "@ltu/testing";

import type { CaseRunner } from "./baselines/fixture.ts";
import { finetuneCase } from "./baselines/finetune.ts";

/** Which runner proves the cases whose name begins so; the longest beginning decides. One line a method. */
const runners: Readonly<Record<string, CaseRunner>> = {
  ft: finetuneCase,
};

/** Final weights of every baseline against the reference's own code. */
export const topic: GoldenTopic = {
  topic: "baselines",
  covers: (golden) => runnerOf(golden) !== undefined,
  run: async (golden, file) => (runnerOf(golden) as CaseRunner)(golden, file),
};

function runnerOf({ name }: GoldenCase): CaseRunner | undefined {
  const [longest] = Object.keys(runners)
    .filter((beginning) => name === beginning || name.startsWith(`${beginning}-`))
    .toSorted((a, b) => b.length - a.length);
  return longest === undefined ? undefined : runners[longest];
}
