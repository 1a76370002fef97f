import { overSeeds, type OverSeeds } from "./over-seeds.ts";
import type { Study } from "./study.ts";

/**
 * What chance alone makes of a gap: the held-out oracles of all seeds. The values of an axis do not multiply them: a seed
 * counts once, with the mean over the values.
 */
export function studyNoiseFloor({ oracles = [] }: Pick<Study, "oracles">): {
  readonly floor: OverSeeds;
  /** Held-out oracles in all. */
  readonly heldOut: number;
} {
  const withHeldOut = oracles.filter(({ heldOut }) => heldOut > 0);
  const bySeed = [...new Set(withHeldOut.map(({ seed }) => seed))].map((each) =>
    withHeldOut.filter(({ seed }) => seed === each),
  );
  return {
    floor: overSeeds(bySeed.map((ofSeed) => overSeeds(ofSeed.map(({ noiseFloor }) => noiseFloor)).mean)),
    heldOut: bySeed.reduce((sum, ofSeed) => sum + Math.max(...ofSeed.map(({ heldOut }) => heldOut)), 0),
  };
}
