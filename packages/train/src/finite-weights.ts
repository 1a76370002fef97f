import { LtuError, type ModelWeights } from "@ltu/core";

/**
 * Refuses weights that a broken run left: nothing can mend them, and every number after them is NaN.
 *
 * @param where - Who asks, for the message.
 * @throws LtuError `DATA` naming the first parameter with a number that is not finite.
 */
export async function checkFiniteWeights(where: string, { params, stats }: ModelWeights): Promise<void> {
  for (const [name, tensor] of [...Object.entries(params), ...Object.entries(stats)]) {
    const found = (await tensor.data<"float32">()).find((value) => !Number.isFinite(value));
    if (found === undefined) continue;
    throw new LtuError(
      "DATA",
      `${where}: expected original weights that are finite, found ${found} in ${name}; train the original model again, at a lower rate.`,
    );
  }
}
