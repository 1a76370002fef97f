import { isMissing, reasonText } from "./reasons.ts";
import type { OracleEnsemble } from "./oracles.ts";

/** How many oracles there are and what chance alone makes of a gap, in a sentence or two. */
export function noiseFloorNote({ reference, heldOut, noiseFloor }: OracleEnsemble): string {
  const count = reference.length;
  const mean =
    count === 1
      ? 'The row "retrain" is one oracle (a model retrained without the forget set), so its spread is not known.'
      : `The row "retrain" is the mean ± standard deviation of ${count} oracles (models retrained without the forget set, each from a seed of its own).`;
  return `${noiseFloorText({ heldOut, noiseFloor })}. ${mean}`;
}

/** `Noise floor 1.10, one held-out oracle`, or that it was not measured. */
export function noiseFloorText({
  heldOut,
  noiseFloor,
}: Pick<OracleEnsemble, "heldOut" | "noiseFloor">): string {
  if (heldOut.length === 0) return "Noise floor not measured: no oracle was held out";
  if (isMissing(noiseFloor)) return `Noise floor not measured: ${reasonText(noiseFloor)}`;
  return `Noise floor ${noiseFloor.toFixed(2)}, ${heldOut.length === 1 ? "one held-out oracle" : `${heldOut.length} held-out oracles`}: the Avg. Gap that a perfect method shows by chance`;
}
