import { tensor1d } from "@tensorflow/tfjs-core";

import type { Params } from "@ltu/core";

/** Gradients given as lists, one tree after the other, as a method meets them. */
export async function* treesOf(lists: readonly (readonly number[])[]): AsyncGenerator<Params> {
  for (const list of lists) yield await Promise.resolve({ w: tensor1d([...list]) });
}
