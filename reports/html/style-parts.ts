/** Parts of the style sheet that belong to single elements of the page. */

/** Folded content. Printing unfolds it, also without a script where the browser has `::details-content`. */
export const FOLD_STYLE = `details { margin: .4rem 0; }
summary { cursor: pointer; }
summary h2, summary h3 { display: inline; border: 0; margin: 0; }
details[data-fold] > summary { padding: .3rem 1.5rem .3rem 0; border-bottom: 1px solid var(--line); }
.permalink { color: var(--muted); text-decoration: none; opacity: 0; padding: 0 .3em; font-weight: 400; }
:hover > .permalink, :focus-within > .permalink, .permalink:focus { opacity: 1; }
/* Next to the summary of a folded view. */
article { position: relative; }
article > .permalink { position: absolute; top: .3rem; right: 0; }
:target { scroll-margin-top: 4rem; }
tr:target > *, article:target > :is(h3, h4), article:target > details > summary { background: var(--panel); }
@media (hover: none) { .permalink { opacity: 1; } }
@media print {
  details::details-content { display: block; content-visibility: visible; height: auto; }
  details > summary { list-style: none; }
  .permalink { display: none; }
}`;

/** The marker of a plugin in its color and shape, next to its name. */
export const MARKER_STYLE = `.marker { display: inline-block; width: .7em; height: .7em; margin-right: .4em;
  print-color-adjust: exact; }
.marker.circle { border-radius: 50%; }
.marker.triangle-up { clip-path: polygon(50% 0, 100% 100%, 0 100%); }
.marker.triangle-down { clip-path: polygon(0 0, 100% 0, 50% 100%); }
.marker.triangle-right { clip-path: polygon(0 0, 100% 50%, 0 100%); }
.marker.diamond { clip-path: polygon(50% 0, 100% 50%, 50% 100%, 0 50%); }
.marker.cross { clip-path: polygon(33% 0, 67% 0, 67% 33%, 100% 33%, 100% 67%, 67% 67%, 67% 100%, 33% 100%, 33% 67%,
  0 67%, 0 33%, 33% 33%); }`;

/** Number of views that a switch can have. */
const MAX_CHOICES = 3;
const hidden = Array.from(
  { length: MAX_CHOICES },
  (_, index) =>
    `.views:has(input[value="${index + 1}"]:checked) > :not(.view-switch, :nth-child(${index + 2})) { display: none; }`,
);

/** Views: at least as wide as their labels are readable, and switches between views of one fact. */
export const VIEW_STYLE = `.view { margin: .5rem 0; }
.view-box { overflow-x: auto; }
.view-box svg { display: block; width: 100%; min-width: 44rem; height: auto; }
.view figcaption { max-width: none; }
.view-switch { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; font-size: .85rem; color: var(--muted); }
.view-switch label { cursor: pointer; }
@media screen { ${hidden.join("\n")} }
@media print { .view-switch { display: none; } .view-box svg { min-width: 0; } }`;

/** The switch of a clause matrix to the clauses whose results differ. */
export const MATRIX_STYLE = `.differences { font-size: .85rem; color: var(--muted); }
@media screen {
  .matrix:has(.differences input:checked) [data-same] { display: none; }
  .matrix:has(.differences input:checked) details::details-content { display: block; content-visibility: visible;
    height: auto; }
}
@media print { .differences { display: none; } }`;
