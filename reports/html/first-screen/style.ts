/** The style of the first screen. */

/** Colors of the heat table by theme, which differ for readers with any color vision. `--worse` is mixed. */
export const HEAT_COLORS = {
  light: "--best: #cfe3f7; --equal: #e6eef5; --worse: 230 130 40;",
  dark: "--best: #1d4468; --equal: #233240; --worse: 200 110 30;",
} as const;

export const FIRST_SCREEN_STYLE = `[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); margin: 0; }
.first-screen .where { margin: .6rem 0; color: var(--muted); }
.first-screen .headlines { grid-template-columns: 1fr; gap: .35rem; margin: .5rem 0; }
.first-screen .headlines li { border: 0; padding: 0; }
.first-screen .headlines small { margin: 0 .5em 0 0; }
.answer { display: block; }
@media (min-width: 60rem) {
  .first-screen .headlines li { display: grid; grid-template-columns: 9rem 1fr auto; column-gap: 1rem; }
  .first-screen .headlines small { grid-column: 3; margin: 0; }
  .answer { grid-column: 2; grid-row: 1; }
}
.heat { width: auto; min-width: 0; }
.heat th, .heat td { padding: 2px; border: 0; vertical-align: middle; }
.heat td { position: relative; }
.heat td > .permalink { position: absolute; top: 2px; right: 2px; min-width: 24px; text-align: center; }
.heat td.is-out > * { visibility: hidden; }
.heat thead th { vertical-align: bottom; white-space: normal; color: var(--ink); max-width: 12rem; padding: 2px .5rem; }
.heat thead small { display: block; margin: 0; }
.first-screen > p { margin: .3rem 0; }
.heat tbody th { padding-right: .8rem; min-width: 7rem; max-width: 16rem; overflow-wrap: anywhere; }
.heat colgroup + colgroup { border-left: 2px solid var(--line); }
.several tbody th { position: sticky; left: 0; background: var(--paper); }
.runs th, .runs td { padding: .15rem .75rem .15rem 0; }
.runs tr.group th { padding-top: .5rem; }
.runs td { max-width: 16rem; min-width: 7rem; overflow-wrap: anywhere; }
.runs thead th { white-space: normal; max-width: 16rem; overflow-wrap: anywhere; }
.heat td > div > a { white-space: nowrap; }
.tile { padding: .15rem .5rem; border-radius: 4px; line-height: 1.35; min-width: 7rem; background: var(--panel);
  print-color-adjust: exact; }
.tile small { margin: 0; color: inherit; }
.tile.best { background: var(--best); }
.tile.equal, .tile.better { background: var(--equal); }
.tile.worse { background: rgb(var(--worse) / .18); }
.tile.s2 { background: rgb(var(--worse) / .3); } .tile.s3 { background: rgb(var(--worse) / .42); }
.tile.s4 { background: rgb(var(--worse) / .55); }
.tile.undecided { background: repeating-linear-gradient(45deg, var(--panel) 0 6px, var(--line) 6px 8px); }
.tile.undecided b, .tile.undecided span, .tile.undecided small { background: var(--panel); }
.legend { color: var(--muted); font-size: .8rem; margin: .3rem 0; }
@media (max-width: 40rem) { .heat tbody th { position: sticky; left: 0; background: var(--paper); max-width: 7rem; }
  .tile { min-width: 5.5rem; } }`;
