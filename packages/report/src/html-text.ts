import type { Json } from "./result.ts";

/** Makes text safe between tags and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] as string);
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** A table of names and values; values may hold tags already, names are text. */
export function definitionTable(entries: readonly (readonly [name: string, html: string])[]): string {
  const rows = entries.map(
    ([name, html]) => `<tr><th scope="row">${escapeHtml(name)}</th><td>${html}</td></tr>`,
  );
  return `<table class="facts"><tbody>${rows.join("")}</tbody></table>`;
}

/** A part that is closed until the reader opens it. */
export function details(summary: string, html: string): string {
  return `<details><summary>${escapeHtml(summary)}</summary>${html}</details>`;
}

/** Names and values in one line. */
export function listValues(record: Readonly<Record<string, Json>>): string {
  return Object.entries(record)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === "number" ? formatCount(value) : typeof value === "string" ? value : JSON.stringify(value)}`,
    )
    .join(", ");
}

/** A number with commas between thousands and at most three decimals. */
export function formatCount(value: number): string {
  return value.toLocaleString("en", { maximumFractionDigits: 3 });
}
