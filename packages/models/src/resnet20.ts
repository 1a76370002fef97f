import type { Model } from "@ltu/core";

import { resnetCifar, type ResnetCifarOptions } from "./resnet-cifar.ts";

/** Options of {@link resnet20}. */
export type Resnet20Options = ResnetCifarOptions;

/**
 * {@link resnetCifar} of depth 20; 269,722 parameters for 3 input channels and 10 classes.
 *
 * Its `fan` is `"out"` by default, which differs from the source (and from the other depths): the initial weights of
 * results that exist. `fan: "in"` gives the reference's.
 *
 * @throws LtuError `OPTION` as {@link resnetCifar}.
 */
export function resnet20({ fan = "out", ...options }: Resnet20Options): Model {
  return resnetCifar(20, { ...options, fan });
}
