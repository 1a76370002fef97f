import { isMissing } from "@ltu/metrics";
import { neighboursOf, neighbourView, type StudyRun } from "@ltu/report";

import type { CellLine, OracleLine } from "./study-archive.ts";

/** The class-neighbour view of one model, or the mean of several; nothing where no class is forgotten as a whole. */
export function neighbourViews({
  classes,
}: CellLine): (models: readonly Pick<OracleLine, "classes">[]) => StudyRun["classes"] {
  const view = classes?.view;
  if (classes === undefined || view === undefined || isMissing(view)) return () => undefined;
  const options = { neighbours: neighboursOf(view), names: classes.names };
  return (models) =>
    neighbourView(
      models.map((model) => model.classes),
      options,
    );
}
