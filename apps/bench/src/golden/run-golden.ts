import { existsSync } from "node:fs";
import { join } from "node:path";

import { LtuError } from "@ltu/core";
import { readGoldenFile, type GoldenTopic } from "@ltu/testing";

/** What the cases of one topic's file came to. */
export interface GoldenOutcome {
  readonly topic: string;
  readonly passed: number;
  readonly total: number;
  /** `case: difference` sentences. */
  readonly failures: readonly string[];
}

/** Runs every case of one topic's file that its runner covers. */
export async function runGoldenTopic(topic: GoldenTopic, path: string): Promise<GoldenOutcome> {
  const file = await readGoldenFile(path);
  const cases = file.cases.filter((golden) => topic.covers?.(golden) ?? true);
  const failures: string[] = [];
  let passed = 0;
  for (const golden of cases) {
    let differences: readonly string[];
    try {
      differences = await topic.run(golden, file);
    } catch (error) {
      differences = [`threw ${(error as Error).message}`];
    }
    if (differences.length === 0) passed += 1;
    failures.push(...differences.map((difference) => `${golden.name}: ${difference}`));
  }
  return { topic: topic.topic, passed, total: cases.length, failures };
}

/**
 * Runs the topics whose files lie in a folder and prints one line a topic, its name first.
 *
 * @returns Whether all cases of all topics passed.
 * @throws LtuError `OPTION` when the folder holds no known topic.
 */
export async function runGolden(
  folder: string,
  topics: readonly GoldenTopic[],
  print: (line: string) => void,
): Promise<boolean> {
  const found = topics.filter((topic) => existsSync(join(folder, `${topic.topic}.json`)));
  if (found.length === 0) {
    throw new LtuError(
      "OPTION",
      `golden: ${folder} must hold at least one of ${topics.map((topic) => `${topic.topic}.json`).join(", ")}, found none; name a folder of golden files.`,
    );
  }
  let allPassed = true;
  for (const topic of found) {
    const { passed, total, failures } = await runGoldenTopic(topic, join(folder, `${topic.topic}.json`));
    print(`${topic.topic} ${passed}/${total}`);
    for (const failure of failures) print(`  ${failure}`);
    allPassed &&= passed === total && total > 0;
  }
  return allPassed;
}
