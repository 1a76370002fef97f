import type { CheckpointPort } from "@ltu/core";

import { ltu, type LtuConfig } from "../src/index.ts";
import { attacks, numbersOf, release, type makeRequest } from "./setting.ts";

/** Options that make a run of four steps an epoch. */
export const small: LtuConfig = { attacks, epochs: 2, batchSize: 6, queryBatch: 9 };

/** The weights that a run ends with, as numbers; everything is released. */
export async function endOf(config: LtuConfig, request: ReturnType<typeof makeRequest>): Promise<number[]> {
  const { weights } = await ltu(config).unlearn(request);
  const numbers = await numbersOf(weights);
  release(weights);
  release(request.original);
  return numbers;
}

/** A checkpoint port that holds the last bytes. */
export function memoryPort(): CheckpointPort & { bytes: Uint8Array | undefined; saves: number } {
  const port = {
    bytes: undefined as Uint8Array | undefined,
    saves: 0,
    load: () => Promise.resolve(port.bytes),
    save: (bytes: Uint8Array) => {
      port.bytes = bytes.slice();
      port.saves += 1;
      return Promise.resolve();
    },
  };
  return port;
}
