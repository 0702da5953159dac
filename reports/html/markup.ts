/** HTML that escapes by itself: whatever is put into a template is text, unless it is a template too. */
import { printable } from "../../core/errors.ts";

/** Made by {@link html} and {@link trusted} only: a string that needs no more escaping. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Html | null | readonly Content[];

/** html`<td>${anything}</td>`: strings and numbers are escaped, lists joined, null is nothing. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(contents[index - 1] ?? null) + part));
}

/** Text that this program made itself and that must not be escaped: style, script and charts. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Foreign text as HTML text or attribute value: no markup, no control character, no change of writing direction. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function render(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string" || typeof content === "number") return escapeHtml(String(content));
  return content.map(render).join("");
}
