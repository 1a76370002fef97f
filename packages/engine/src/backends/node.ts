import type { EngineBackend } from "../engine-backend.ts";
import { startTensorflow } from "./tensorflow-node.ts";

/** libtensorflow on the CPU through `@tensorflow/tfjs-node`, with our fused kernels: the fastest without a GPU. */
export const backend: EngineBackend = {
  name: "native",
  start: (options) =>
    startTensorflow(
      {
        engine: "native",
        name: "@tensorflow/tfjs-node",
        command: "npm run native",
        needsDevice: false,
      },
      options,
    ),
};
