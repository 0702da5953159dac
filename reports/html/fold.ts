/** Folded content: closed on the screen, open in print. Links into it open it by the script of the page. */
import { html, type Content, type Html } from "./markup.ts";

export function fold(summary: Content, content: Content): Html {
  return html`<details data-fold>
    <summary>${summary}</summary>
    ${content}
  </details>`;
}

/** Returns a section of which only the title is visible. */
export function foldedSection(id: string, title: Content, content: Content): Html {
  return html`<section id="${id}">${fold(html`<h2>${title}</h2>`, content)}</section>`;
}
