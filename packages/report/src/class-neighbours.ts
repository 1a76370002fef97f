import type { ClassView } from "@ltu/metrics";

import { isMissing, type Missing } from "./reasons.ts";

/** How many classes beside the forgotten one are looked at. */
const neighbourCount = 3;

/** What a model makes of the test images of a class that was forgotten, and of the classes beside it; in percent. */
export interface NeighbourView {
  /** 100 minus the accuracy on test images of the forgotten class. */
  readonly unseenUa: number;
  /** The nearest first. */
  readonly neighbours: readonly {
    readonly name: string;
    /** On its test images. */
    readonly accuracy: number;
    /** Share of its test images that are answered with the label of the forgotten class. */
    readonly toForgotten: number;
  }[];
}

/**
 * The classes beside the forgotten one: the three others whose test images the original answers most often with its label.
 * Of classes within a label these are its siblings. They are chosen by the original alone, so they are the same for every
 * model.
 */
export function neighboursOf({ forgotten, toForgotten }: ClassView): number[] {
  return toForgotten
    .map((share, label) => ({ share, label }))
    .filter(({ share, label }) => share !== null && label !== forgotten)
    .sort((a, b) => (b.share as number) - (a.share as number) || a.label - b.label)
    .slice(0, neighbourCount)
    .map(({ label }) => label);
}

/** What one model makes of the forgotten class and its neighbours; the mean of several models where several are given. */
export function neighbourView(
  views: readonly (ClassView | Missing | undefined)[],
  { neighbours, names }: { readonly neighbours: readonly number[]; readonly names: readonly string[] },
): NeighbourView | undefined {
  const there = views.flatMap((view) => (view === undefined || isMissing(view) ? [] : [view]));
  if (there.length === 0 || there.length < views.length) return undefined;
  const mean = (read: (view: ClassView) => number): number =>
    there.reduce((sum, view) => sum + read(view), 0) / there.length;
  return {
    unseenUa: mean(({ unseenUa }) => unseenUa),
    neighbours: neighbours.map((label) => ({
      name: names[label] as string,
      accuracy: mean(({ accuracy }) => accuracy[label] as number),
      toForgotten: mean(({ toForgotten }) => toForgotten[label] as number),
    })),
  };
}
