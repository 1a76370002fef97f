import type { EngineBackend } from "../engine-backend.ts";
import { startTensorflow } from "./tensorflow-node.ts";

/** libtensorflow on a CUDA GPU through `@tensorflow/tfjs-node-gpu`. Without a device it says so and stays off. */
export const backend: EngineBackend = {
  name: "node-gpu",
  start: (options) =>
    startTensorflow(
      {
        engine: "node-gpu",
        name: "@tensorflow/tfjs-node-gpu",
        command: "npm run native -- --gpu",
        needsDevice: true,
      },
      options,
    ),
};
