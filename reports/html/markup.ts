/** Builds HTML from templates that escape all inserted content except other templates. */
import { printable } from "../../core/errors.ts";

/** A string that needs no further escaping. Created only by {@link html} and {@link trusted}. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type Content = string | number | Html | null | readonly Content[];

/** html`<td>${anything}</td>`: escapes strings and numbers, joins lists, omits null. */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html(parts.reduce((text, part, index) => text + render(contents[index - 1] ?? null) + part));
}

/** Marks output of cnibench itself (style, script and charts) as safe, so that it is not escaped. */
export function trusted(text: string): Html {
  return new Html(text);
}

/** Escapes external text for HTML: no markup, no control characters, no changes of the writing direction. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function render(content: Content): string {
  if (content === null) return "";
  if (content instanceof Html) return content.text;
  if (typeof content === "string" || typeof content === "number") return escapeHtml(String(content));
  return content.map(render).join("");
}
