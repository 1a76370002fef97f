import { memory } from "@tensorflow/tfjs-core";
import { afterEach, beforeAll, beforeEach, expect } from "vitest";

import { resolveEngine, type EngineName } from "../packages/engine/src/index.ts";

const engineName = (process.env["LTU_TEST_ENGINE"] ?? "cpu") as EngineName;

beforeAll(async () => {
  await resolveEngine({ require: engineName });
});

// Every test leaves as many tensors as it found; a test that must own some across tests makes them in beforeAll.
let tensorsBefore = 0;
beforeEach(() => {
  tensorsBefore = memory().numTensors;
});
afterEach(() => {
  expect(memory().numTensors, "tensors left behind by this test").toBe(tensorsBefore);
});

// Console output fails a test.
for (const method of ["log", "info", "warn", "error", "debug"] as const) {
  console[method] = (...parts: unknown[]) => {
    throw new Error(`console.${method} was called in a test: ${parts.map(String).join(" ")}`);
  };
}
