import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { runGoldenTopic } from "../src/golden/run-golden.ts";
import { topics } from "../src/golden/topics.ts";

const folder = fileURLToPath(new URL("../../../golden", import.meta.url));

describe("golden vectors", () => {
  it.each(topics.map((topic) => [topic.topic, topic] as const))("%s", async (name, topic) => {
    const path = join(folder, `${name}.json`);
    expect(existsSync(path)).toBe(true);
    const { failures, passed, total } = await runGoldenTopic(topic, path);
    expect(failures).toEqual([]);
    expect(total).toBeGreaterThan(0);
    expect(passed).toBe(total);
  });
});
