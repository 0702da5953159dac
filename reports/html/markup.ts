/**
 * Builds HTML from templates that escape all inserted content except other templates. A template can contain text in
 * several languages; the style of the page hides the others.
 */
import { printable } from "../../core/errors.ts";
import { type Language, LANGUAGES } from "../language/text.ts";

/** HTML that needs no further escaping. Created only by {@link html} and {@link trusted}. */
export class Html {
  /** Returns the HTML for a page in a language, which only attributes depend on. */
  readonly in: (language: Language) => string;

  constructor(render: (language: Language) => string) {
    this.in = render;
  }

  /** The HTML for a page in English. */
  get text(): string {
    return this.in("en");
  }
}

/** Content in each language: a `Text`, or sentences with markup. */
export type Bilingual = { readonly [language in Language]: Content };

export type Content = string | number | Html | Bilingual | null | readonly Content[];

/**
 * html`<td>${anything}</td>`: escapes strings and numbers, joins lists, omits null. A text in several languages becomes
 * one `<span lang>` for each. As an attribute (`title="${text}"`) it has the language of the page, and all languages in
 * `data-en-title` and `data-zh-title` for the script that switches them. Elements that contain only text, such as
 * `<option>`, cannot contain several languages.
 * @throws Error if a text in several languages is only a part of an attribute
 */
export function html(parts: TemplateStringsArray, ...contents: readonly Content[]): Html {
  return new Html((language) =>
    parts.reduce((text, part, index) => text + renderAt({ parts, language }, index, contents[index - 1]) + part),
  );
}

/** Marks output of cnibench itself (style, script and charts) as safe, so that it is not escaped. */
export function trusted(text: string): Html {
  return new Html(() => text);
}

/** Escapes external text for HTML: no markup, no control characters, no changes of the writing direction. */
export function escapeHtml(text: string): string {
  return printable(text).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Template {
  readonly parts: readonly string[];
  readonly language: Language;
}

/** @param index of the part after the content */
function renderAt({ parts, language }: Template, index: number, content: Content = null): string {
  if (!isBilingual(content)) return render(content, language);
  const before = parts.slice(0, index).join("");
  if (before.lastIndexOf("<") <= before.lastIndexOf(">")) return render(content, language);
  const attribute = /\s([a-z-]+)="$/.exec(before)?.[1];
  const { en, zh } = content;
  if (
    attribute === undefined ||
    parts[index]?.startsWith('"') !== true ||
    typeof en !== "string" ||
    typeof zh !== "string"
  )
    throw new Error(`text in several languages must be an entire attribute: ${before.slice(-40)}`);
  const value = escapeHtml(language === "en" ? en : zh);
  if (en === zh) return value;
  return `${value}" data-en-${attribute}="${escapeHtml(en)}" data-zh-${attribute}="${escapeHtml(zh)}`;
}

function render(content: Content, language: Language): string {
  if (content === null) return "";
  if (content instanceof Html) return content.in(language);
  if (typeof content === "string" || typeof content === "number") return escapeHtml(String(content));
  if (!isBilingual(content)) return content.map((item) => render(item, language)).join("");
  if (content.en === content.zh) return render(content.en, language);
  return LANGUAGES.map((each) => `<span lang="${each}">${render(content[each], language)}</span>`).join("");
}

function isBilingual(content: Content): content is Bilingual {
  return typeof content === "object" && content !== null && "en" in content;
}
