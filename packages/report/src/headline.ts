import { isMissing } from "./reasons.ts";
import { isLtu, oracleRow, type Result, type Row } from "./result.ts";

/** The row that a report speaks of first: LTU's recommended set, else LTU, else the first real method. */
export function mainRow({ rows }: Pick<Result, "rows">): Row | undefined {
  return (
    rows.find((row) => isLtu(row) && row.optionSet === "recommended") ??
    rows.find(isLtu) ??
    rows.find(({ method }) => method !== "retrain" && method !== "do-nothing")
  );
}

/**
 * What the run found, in one or two plain sentences: how far the main row is from the retrained model, how far
 * the untouched one, and at what cost. No rank, no verdict.
 */
export function headline(result: Result): string {
  const row = mainRow(result);
  if (row === undefined) return "This run compared no unlearning method.";
  const images = result.data.counts["forget"];
  const forgotten =
    images === undefined ? "the forget set" : `the ${images.toLocaleString("en")} forgotten images`;
  if (oracleRow(result) === undefined) {
    return `This run has no retrained model, so it cannot say how close ${row.label} comes to one.`;
  }
  if (isMissing(row.gap))
    return `The distance of ${row.label} from the retrained model could not be measured.`;
  const idle = result.rows.find(({ method }) => method === "do-nothing");
  const idleText =
    idle === undefined || isMissing(idle.gap)
      ? ""
      : `; the original model, left as it is, is ${points(idle.gap.value)} away`;
  return `${row.label}${access(row.sees)} ends ${points(row.gap.value)} (Avg. Gap) from a model retrained without ${forgotten}${idleText}.${timeText(result, row)}`;
}

function access(sees: string): string {
  if (sees === "-") return ", without retained data,";
  return sees === "all" ? ", with all retained data," : `, with ${sees} of the retained data,`;
}

function timeText({ times }: Result, { label }: Row): string {
  const time = times.rows[label];
  if (time === undefined) return "";
  const share =
    time.shareOfRetrain === null
      ? ""
      : `, ${Math.round(time.shareOfRetrain * 100)} % of what retraining takes`;
  return ` It took ${time.totalSeconds.toFixed(1)} s${share}.`;
}

function points(value: number): string {
  return `${value.toFixed(1)} points`;
}
