import { hasStrength, type AttackStrengthReading, type ModelAudit } from "../audit.ts";
import { independentAttacks } from "../lead-attack.ts";
import { colours, dashes, type Figure } from "../render-svg.ts";
import type { Result, Row } from "../result.ts";

/**
 * ROC curves with two logarithmic axes of the attack that speaks for a method: on the original, on the method's model
 * and on a retrained one (held out where there is such). `undefined` where no attack gave scores.
 */
export function rocFigure(result: Result, row: Row, id: string): Figure | undefined {
  const [lead] = independentAttacks(row.audit);
  if (lead === undefined) return undefined;
  const { heldOut, reference } = result.oracles;
  const strengthOn = (audit: ModelAudit | undefined): AttackStrengthReading | undefined => {
    const found = audit?.attacks.find(
      ({ attack, shadowsOf }) => attack === lead.attack && shadowsOf === lead.shadowsOf,
    )?.reading;
    return found !== undefined && hasStrength(found) ? found : undefined;
  };
  const curves = [
    { name: "original", found: strengthOn(result.original.audit) },
    { name: row.label, found: lead.reading },
    {
      name: "retrained",
      found: [...heldOut, ...reference]
        .map(({ audit }) => strengthOn(audit))
        .find((found) => found !== undefined),
    },
  ].flatMap(({ name, found }) => (found === undefined || found.roc.length === 0 ? [] : [{ name, found }]));
  if (curves.length === 0) return undefined;
  const low = Math.min(...curves.map(({ found }) => found.smallestFpr));
  const names = [...curves.map(({ name }) => name), "chance"];
  const values = [
    ...curves.flatMap(({ name, found }) => found.roc.map(({ fpr, tpr }) => ({ name, fpr, tpr }))),
    { name: "chance", fpr: low, tpr: low },
    { name: "chance", fpr: 1, tpr: 1 },
  ];
  const lowest = Math.min(...values.map(({ tpr }) => tpr), low);
  const axis = (field: "fpr" | "tpr", title: string, from: number): object => ({
    field,
    type: "quantitative",
    title,
    scale: { type: "log", domain: [from, 1], nice: false },
    axis: { grid: true, values: [0.001, 0.01, 0.1, 1].filter((tick) => tick >= from), format: "~p" },
  });
  return {
    id,
    title: `${lead.attack} on ${row.label}, both axes logarithmic`,
    alt: `Lines of the true-positive over the false-positive rate. AUC: ${curves
      .map(({ name, found }) => `${name} ${found.auc.toFixed(2)}`)
      .join(", ")}; chance is 0.50.`,
    spec: {
      width: 270,
      height: 230,
      data: { values },
      mark: { type: "line", strokeWidth: 2 },
      encoding: {
        x: axis("fpr", "unseen images taken for members", low),
        y: axis("tpr", "forgotten images found", lowest),
        order: { field: "fpr" },
        color: {
          field: "name",
          type: "nominal",
          scale: {
            domain: names,
            range: names.map((name, i) =>
              name === "chance" ? colours.muted : (colours.series[i] as string),
            ),
          },
          legend: { orient: "top", title: null, symbolType: "stroke", columns: 2 },
        },
        strokeDash: {
          field: "name",
          type: "nominal",
          scale: { domain: names, range: names.map((_, i) => [...(dashes[i] as readonly number[])]) },
        },
      },
    } as Figure["spec"],
  };
}
