/** A run of one small chain of stages, to be killed: `node kill-child.ts STORE` prints each step as it is saved. */
import { createHash } from "node:crypto";

import { openStore, runStages, type Stage } from "@ltu/runner";

const steps = 12;

const seed: Stage = {
  name: "seed",
  inputs: "LTU",
  dependsOn: [],
  run: async () => new TextEncoder().encode("LTU"),
};

/** Each step hashes the state before it, so a step done twice, or left out, changes the result. */
const chain: Stage = {
  name: "chain",
  inputs: steps,
  dependsOn: [seed],
  run: async ({ artefact, checkpoint }) => {
    const loaded = await checkpoint.load();
    let step = loaded?.[0] ?? 0;
    let state = loaded?.subarray(1) ?? (await artefact(seed));
    process.stdout.write(`from ${step}\n`);
    while (step < steps) {
      state = createHash("sha256").update(state).digest();
      step++;
      await new Promise((resolve) => setTimeout(resolve, 20));
      await checkpoint.save(Uint8Array.of(step, ...state));
      process.stdout.write(`saved ${step}\n`);
    }
    return state;
  },
};

const results = await runStages([chain], await openStore(process.argv[2] as string));
process.stdout.write(`result ${Buffer.from(await results.artefact(chain)).toString("hex")}\n`);
