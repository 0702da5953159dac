/** The style sheet of a page, for light and dark mode, print and phones. */
import { paletteVariables } from "../views/palette.ts";
import { CONTROLS_STYLE } from "./controls-style.ts";
import { FIRST_SCREEN_STYLE, HEAT_COLORS } from "./first-screen/style.ts";
import { FOLD_STYLE, MARKER_STYLE, MATRIX_STYLE, VIEW_STYLE } from "./style-parts.ts";

const LIGHT = `--ink: #1c2024; --muted: #5b646e; --paper: #ffffff; --panel: #f6f7f9; --line: #d9dde2;
  --accent: #1f66a8; --good: #1b7340; --bad: #b3261e; --warn: #8a5300;
  ${HEAT_COLORS.light} ${paletteVariables("light")}`;

const DARK = `--ink: #e4e7ea; --muted: #9aa4ae; --paper: #14171a; --panel: #1c2024; --line: #343b42;
  --accent: #7ab8f0; --good: #6cc890; --bad: #ff8f86; --warn: #e9b368;
  ${HEAT_COLORS.dark} ${paletteVariables("dark")}`;

export const STYLE = `
:root { color-scheme: light dark; ${LIGHT} }
@media (prefers-color-scheme: dark) { :root { ${DARK} } }
:root[data-theme=light] { color-scheme: light; ${LIGHT} }
:root[data-theme=dark] { color-scheme: dark; ${DARK} }
* { box-sizing: border-box; }
:root:lang(en) [lang=zh]:not(option), :root:lang(zh) [lang=en]:not(option) { display: none; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans",
  "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC", sans-serif; }
main, header, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 2rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .75rem; padding-bottom: .3rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .4rem; }
h4 { margin: 1rem 0 .3rem; }
h1, h2, h3, h4, p, li, dd, figcaption, summary { overflow-wrap: anywhere; }
small { font-weight: 400; color: var(--muted); font-size: .85em; margin-left: .4em; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip-link { position: absolute; left: -999rem; }
.skip-link:focus { left: 1rem; top: .5rem; background: var(--paper); padding: .3rem .6rem; }
.muted { color: var(--muted); }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0 0; list-style: none; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(18rem, 100%), 1fr)); gap: .75rem;
  margin: 1rem 0; }
.facts div { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .5rem .75rem; }
.facts dt { color: var(--muted); font-size: .8rem; }
.facts dd { margin: 0; }
ul.notes { list-style: none; padding: .6rem 1rem; margin: 1rem 0; border-left: 4px solid var(--warn);
  background: var(--panel); }
.headlines { list-style: none; padding: 0; display: grid; }
.answers, .plain { padding-left: 1.2rem; }
.plain li { margin: .4rem 0; }
article { break-inside: avoid; }
figure { margin: .5rem 0; max-width: 100%; }
figcaption { color: var(--muted); font-size: .8rem; margin-top: .3rem; }
${VIEW_STYLE}
${MATRIX_STYLE}
.scroll { overflow-x: auto; margin: .75rem 0; }
table { border-collapse: collapse; font-size: .9rem; min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 500; font-size: .8rem; white-space: nowrap; }
tbody th { font-weight: 500; }
tr.group th { padding-top: .8rem; color: var(--muted); font-size: .8rem; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.why { overflow-wrap: anywhere; min-width: 14rem; white-space: pre-wrap; }
.bad, .status.fail { color: var(--bad); font-weight: 600; }
.warn, .status.known { color: var(--warn); font-weight: 500; }
abbr.warn { text-decoration: none; cursor: help; white-space: nowrap; font-size: .8rem; }
.status.pass { color: var(--good); }
.status.skip { color: var(--muted); }
pre { background: var(--panel); border: 1px solid var(--line); border-radius: 6px; padding: .6rem .75rem;
  white-space: pre-wrap; overflow-wrap: anywhere;
  font-size: .85rem; margin: .3rem 0 .8rem; }
code { font-size: .9em; overflow-wrap: anywhere; }
.role { margin: .6rem 0 0; font-size: .85rem; color: var(--muted); }
${CONTROLS_STYLE}
tbody th small { margin-left: 0; }
${FOLD_STYLE}
${MARKER_STYLE}
${FIRST_SCREEN_STYLE}
footer { color: var(--muted); font-size: .85rem; padding-top: 3rem; padding-bottom: 3rem; }
@media print {
  :root, :root[data-theme] { color-scheme: light; --ink: #000; --muted: #444; --paper: #fff; --panel: #fff;
  --line: #bbb; --accent: #000; --good: #000; --bad: #000; --warn: #000;
  ${HEAT_COLORS.light} ${paletteVariables("light")} }
  body { font-size: 10pt; }
  nav, .skip-link { display: none; }
  .scroll { overflow: visible; }
  th, td { padding-right: .4rem; }
}
`;
