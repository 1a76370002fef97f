/** Colours by name, light and dark by the reader's setting. */
export const palette: string = `:root {
  color-scheme: light dark;
  --background: #ffffff; --panel: #f6f7f9; --text: #1b1f24; --muted: #5a6370; --grid: #e3e6ea; --link: #0060a8;
  --c1: #0072b2; --c2: #c04f00; --c3: #007a5a; --c4: #a8487f; --c5: #7a5c00; --c6: #5b4bb5; --c7: #b3202a; --c8: #3d6b7d;
}
@media (prefers-color-scheme: dark) {
  :root {
    --background: #14171b; --panel: #1d2127; --text: #e8eaed; --muted: #a4adb8; --grid: #353b44; --link: #7cc0f5;
    --c1: #56b4e9; --c2: #f0914a; --c3: #3cc79c; --c4: #e79bc6; --c5: #e6c34a; --c6: #a99bf0; --c7: #ff8a8f; --c8: #8fc1d4;
  }
}
`;

/** The style sheet of a report: light and dark by the reader's setting, one column on a phone, fit for print. */
export const htmlStyle: string = `
${palette}* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 72rem; background: var(--background); color: var(--text);
  font: 1rem/1.55 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; }
.subtitle { color: var(--muted); margin: 0 0 1.25rem; }
.headline { font-size: 1.15rem; background: var(--panel); border-left: .3rem solid var(--c1); padding: .9rem 1.1rem; margin: 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .92rem; }
.results { width: 100%; }
.results th, .results td { padding: .4rem .6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--grid); }
.results th:first-child, .results .text { text-align: left; }
.results th[scope=row] { font-weight: 600; white-space: normal; min-width: 8rem; max-width: 17rem; position: sticky; left: 0; background: var(--background); }
.results thead th { border-bottom: 2px solid var(--muted); vertical-align: bottom; }
.results tr.target { background: var(--panel); }
.results tr.target th[scope=row] { background: var(--panel); }
.notes { color: var(--muted); font-size: .92rem; padding-left: 1.1rem; }
h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; }
.verdicts { padding-left: 1.1rem; margin: 0; }
.verdicts li { margin: .35rem 0; }
.notes li { margin: .25rem 0; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); gap: 1.5rem 2rem; }
.figures.wide { grid-template-columns: 1fr; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; margin-bottom: .4rem; }
svg { display: block; width: 100%; height: auto; }
.facts th { text-align: left; font-weight: 600; padding: .25rem 1rem .25rem 0; vertical-align: top; white-space: nowrap; }
.facts td { padding: .25rem 0; overflow-wrap: anywhere; }
details { margin: .75rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .35rem 0; }
pre { overflow-x: auto; background: var(--panel); padding: .8rem; font-size: .85rem; }
code { overflow-wrap: anywhere; }
@media (max-width: 30rem) { .facts th { white-space: normal; } .results th, .results td { padding: .4rem .4rem; } }
@media print { body { max-width: none; } figure, tr { break-inside: avoid; } }
`;
