/** The style of the controls that the script of a page adds, and of what they change. */

export const CONTROLS_STYLE = `.toolbar { position: sticky; top: 0; z-index: 1;
  background: var(--paper); border-bottom: 1px solid var(--line);
  display: flex; flex-wrap: wrap; gap: .4rem 1rem; align-items: baseline; font-size: .85rem; color: var(--muted);
  max-width: 68rem; margin: .75rem auto 0; padding: .5rem 1.25rem; }
.toolbar .line { display: flex; flex: 1 1 14rem; gap: .4rem; align-items: baseline; }
.toolbar .line input { flex: 1; min-width: 0; }
.toolbar label { max-width: 100%; }
.toolbar select, .toolbar input { font: inherit; color: var(--ink); background: var(--panel);
  border: 1px solid var(--muted); border-radius: 4px; padding: .15rem .4rem; max-width: 100%; }
.toolbar ::placeholder { color: var(--muted); opacity: 1; }
.toolbar button, .downloads button, .help button, button.copying { font: inherit; font-size: .8rem;
  color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 4px;
  padding: .15rem .6rem; min-height: 24px; cursor: pointer; }
button.copying { margin-bottom: .8rem; }
.downloads { display: flex; flex-wrap: wrap; gap: .5rem; }
.help { color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  max-width: min(34rem, 100%); }
.help::backdrop { background: #0008; }
.help h2 { margin-top: .5rem; }
.help dl { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1rem; margin: 0; }
.help dd { margin: 0; }
article, section, tr, td, details { scroll-margin-top: 4rem; }
tr.is-target, td.is-target, article.is-target { outline: 2px solid var(--accent); outline-offset: 2px; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer;
  text-decoration: underline dotted; }
th[aria-sort=ascending] button::after { content: " \\2191"; }
th[aria-sort=descending] button::after { content: " \\2193"; }
@media (max-width: 40rem) { .toolbar { position: static; } }
@media print {
  .toolbar, .downloads, .help, button.copying { display: none; }
  tr.is-target, td.is-target, article.is-target { outline: 0; }
}`;
