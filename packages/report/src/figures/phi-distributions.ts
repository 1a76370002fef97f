import { colours, dashes, type Figure } from "../render-svg.ts";
import type { Result, Row } from "../result.ts";

const bins = 30;
/** phi of a probability within 1e-10 of 0 or 1 is drawn at the edge. */
const edge = Math.log((1 - 1e-10) / 1e-10);

/**
 * How sure a model is of the true class of each forgotten image: the distribution of phi = log(p_y / (1 - p_y)) under
 * the original, under the method's model and under all oracles. `undefined` without single images.
 */
export function phiFigure(result: Result, row: Row, id: string): Figure | undefined {
  const { original, oracles } = result;
  const series = [
    { name: "original", phi: original.audit?.phi.forget ?? [] },
    { name: row.label, phi: row.audit?.phi.forget ?? [] },
    { name: "retrained", phi: oracles.reference.flatMap(({ audit }) => audit?.phi.forget ?? []) },
  ].filter(({ phi }) => phi.length > 0);
  if (!series.some(({ name }) => name === row.label)) return undefined;
  const clipped = series.map(({ name, phi }) => ({
    name,
    phi: phi.map((value) => Math.min(edge, Math.max(-edge, value))),
  }));
  const all = clipped.flatMap(({ phi }) => phi);
  const low = Math.min(...all);
  const width = Math.max((Math.max(...all) - low) / bins, 1e-6);
  const values = clipped.flatMap(({ name, phi }) => {
    const counts = Array.from({ length: bins }, () => 0);
    for (const value of phi) {
      const bin = Math.min(bins - 1, Math.floor((value - low) / width));
      counts[bin] = (counts[bin] as number) + 1;
    }
    return counts.map((count, bin) => ({
      name,
      phi: low + (bin + 0.5) * width,
      percent: (100 * count) / phi.length,
    }));
  });
  const names = clipped.map(({ name }) => name);
  return {
    id,
    title: `Single forgotten images: original, ${row.label}, retrained`,
    alt: `Lines of the share of forgotten images over phi. Medians: ${clipped
      .map(({ name, phi }) => `${name} ${median(phi).toFixed(1)}`)
      .join(", ")}.`,
    spec: {
      width: 270,
      height: 230,
      data: { values },
      mark: { type: "line", strokeWidth: 2, interpolate: "step" },
      encoding: {
        x: {
          field: "phi",
          type: "quantitative",
          title: "phi: surer of the true class to the right",
          axis: { grid: false },
        },
        y: { field: "percent", type: "quantitative", title: "forgotten images, in percent" },
        color: {
          field: "name",
          type: "nominal",
          scale: { domain: names, range: colours.series.slice(0, names.length) },
          legend: { orient: "top", title: null, symbolType: "stroke", columns: 2 },
        },
        strokeDash: {
          field: "name",
          type: "nominal",
          scale: { domain: names, range: dashes.slice(0, names.length).map((dash) => [...dash]) },
        },
      },
    } as Figure["spec"],
  };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}
