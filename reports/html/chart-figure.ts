/** A chart with a caption and a description for screen readers. */
import { html, trusted } from "./markup.ts";
import type { Html } from "./markup.ts";

/** @param svg output of vega, whose text is already escaped */
export function chartFigure(svg: string, label: string, caption: string): Html {
  const opening = html`<svg role="img" aria-label="${label}; see the table for the values" `.text;
  const described = svg.replace("<svg ", () => opening);
  return html`<figure>
    ${trusted(described)}
    <figcaption>${caption}</figcaption>
  </figure>`;
}
