import { htmlStyle } from "./html-style.ts";
import { escapeHtml } from "./html-text.ts";
import { renderSvg, type Figure } from "./render-svg.ts";
import type { TableCells } from "./table-cells.ts";

/** What stands at the top of a page, as text. */
export interface PageHead {
  readonly title: string;
  readonly subtitle: string;
  /** What was found, in a sentence or two. */
  readonly headline: string;
}

/**
 * A page that needs nothing else: no script, no request to any host.
 *
 * @param sections - Heading and HTML of each section; one without content is left out.
 */
export function htmlPage(
  { title, subtitle, headline }: PageHead,
  sections: readonly (readonly [heading: string, html: string])[],
): string {
  const body = sections
    .filter(([, html]) => html !== "")
    .map(([heading, html]) => `<section><h2>${escapeHtml(heading)}</h2>${html}</section>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${htmlStyle}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
<p class="headline">${escapeHtml(headline)}</p>
</header>
<main>
${body.join("\n")}
</main>
</body>
</html>
`;
}

/** A table with its notes; it scrolls sideways on a narrow screen. */
export function drawHtml(
  { columns, rows, notes, textColumns = 2, targetRow }: TableCells,
  { label }: { readonly label: string },
): string {
  const text = (i: number): string => (i > 0 && i < textColumns ? ` class="text"` : "");
  const head = columns.map((name, i) => `<th scope="col"${text(i)}>${escapeHtml(name)}</th>`).join("");
  const body = rows.map(([first = "", ...cells], i) => {
    const values = cells.map((cell, j) => `<td${text(j + 1)}>${escapeHtml(cell)}</td>`).join("");
    return `<tr${i === targetRow ? ` class="target"` : ""}><th scope="row">${escapeHtml(first)}</th>${values}</tr>`;
  });
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(label)}">`,
    `<table class="results"><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table></div>`,
    notes.length === 0 ? "" : htmlList(notes, "notes"),
  ].join("");
}

/** A list of sentences. */
export function htmlList(items: readonly string[], kind?: string): string {
  if (items.length === 0) return "";
  const list = items.map((text) => `<li>${escapeHtml(text)}</li>`).join("");
  return `<ul${kind === undefined ? "" : ` class="${kind}"`}>${list}</ul>`;
}

/** Figures side by side as the page has room, with a note below them; those that do not exist are left out. */
export async function figureGrid(
  figures: readonly (Figure | undefined)[],
  { wide = false, note }: { readonly wide?: boolean; readonly note?: string } = {},
): Promise<string> {
  const drawn: string[] = [];
  for (const figure of figures) {
    if (figure === undefined) continue;
    drawn.push(
      `<figure><figcaption>${escapeHtml(figure.title)}</figcaption>${await renderSvg(figure)}</figure>`,
    );
  }
  if (drawn.length === 0) return "";
  const below = note === undefined ? "" : htmlList([note], "notes");
  return `<div class="figures${wide ? " wide" : ""}">${drawn.join("")}</div>${below}`;
}
