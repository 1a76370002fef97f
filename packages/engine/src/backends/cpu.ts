import { env, ready, setBackend } from "@tensorflow/tfjs-core";
import { version_cpu as version } from "@tensorflow/tfjs-backend-cpu";

import type { EngineBackend } from "../engine-backend.ts";

/** Plain JavaScript: runs everywhere, for tests and as a last resort (0.1 GFLOP/s, too slow to train on images). */
export const backend: EngineBackend = {
  name: "cpu",
  start: async () => {
    // Without it the backend prints an advertisement for the native one on its first use in Node.
    env().set("PROD", true);
    await setBackend("cpu");
    await ready();
    return {
      description: "plain JavaScript, 1 thread",
      threads: 1,
      versions: { "@tensorflow/tfjs-backend-cpu": version },
    };
  },
};
