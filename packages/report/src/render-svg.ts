import type { TopLevelSpec } from "vega-lite";

import { palette } from "./html-style.ts";
import { escapeHtml } from "./html-text.ts";

/** A figure before it is drawn. */
export interface Figure {
  /** Unique in its page; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What a reader who cannot see the figure needs to know. */
  readonly alt: string;
  readonly spec: TopLevelSpec;
}

/** Colours are variables of the page's style sheet, so that a figure follows light and dark. */
export const colours = {
  background: "var(--background)",
  text: "var(--text)",
  muted: "var(--muted)",
  grid: "var(--grid)",
  series: [
    "var(--c1)",
    "var(--c2)",
    "var(--c3)",
    "var(--c4)",
    "var(--c5)",
    "var(--c6)",
    "var(--c7)",
    "var(--c8)",
  ],
} as const;

/** Line patterns that go with the colours, so that colour is never the only difference. */
export const dashes: readonly (readonly number[])[] = [
  [1, 0],
  [6, 3],
  [2, 2],
  [8, 2, 2, 2],
  [4, 4],
  [1, 3],
  [10, 4],
  [3, 1],
];

const config: NonNullable<TopLevelSpec["config"]> = {
  aria: false,
  background: "transparent",
  font: "system-ui, sans-serif",
  view: { stroke: null },
  axis: {
    domainColor: colours.muted,
    gridColor: colours.grid,
    tickColor: colours.muted,
    labelColor: colours.text,
    titleColor: colours.text,
    titleFontWeight: "normal",
    labelFontSize: 11,
    titleFontSize: 12,
  },
  legend: { labelColor: colours.text, titleColor: colours.text, labelFontSize: 11, labelLimit: 260 },
  text: { fill: colours.text },
};

/**
 * Draws a figure as an SVG element to stand inside a page: no external reference, with title and description.
 *
 * Vega works without a browser here; widths of texts are estimated.
 */
export async function renderSvg({ id, title, alt, spec }: Figure): Promise<string> {
  const [{ compile }, { parse, View }] = await Promise.all([import("vega-lite"), import("vega")]);
  const view = new View(parse(compile({ ...spec, config } as TopLevelSpec).spec), { renderer: "none" });
  try {
    const svg = await view.toSVG();
    const [, width, height] = /width="([\d.]+)" height="([\d.]+)"/.exec(svg) ?? [];
    const body = svg.slice(svg.indexOf(">") + 1);
    return [
      `<svg role="img" aria-labelledby="${id}-title ${id}-alt" viewBox="0 0 ${width} ${height}" style="max-width:${Math.round(Number(width) * 1.3)}px">`,
      `<title id="${id}-title">${escapeHtml(title)}</title><desc id="${id}-alt">${escapeHtml(alt)}</desc>`,
      body,
    ].join("");
  } finally {
    view.finalize();
  }
}

/** The same as a file of its own, light and dark by the reader's setting. */
export async function renderSvgFile(figure: Figure): Promise<string> {
  const svg = await renderSvg(figure);
  const start = svg.indexOf(">") + 1;
  const style = `<style>${palette.replaceAll(/\s+/g, " ").trim()} svg { background: var(--background); }</style>`;
  return `${svg.slice(0, start).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')}${style}${svg.slice(start)}\n`;
}
