/** A chart with its caption, described for those who cannot see it. */
import { html, trusted } from "./markup.ts";
import type { Html } from "./markup.ts";

/** @param svg as vega made it: its texts are escaped already */
export function chartFigure(svg: string, label: string, caption: string): Html {
  const opening = html`<svg role="img" aria-label="${label}; the table has the numbers" `.text;
  const described = svg.replace("<svg ", () => opening);
  return html`<figure>
    ${trusted(described)}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
