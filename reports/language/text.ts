/**
 * Text in the languages of the html report. Both languages are next to each other where a sentence is made:
 * `{ en: "undecided", zh: "未定" }`. Names of plugins, paths, metrics of tools, commands and units are not translated.
 */

export interface Text {
  readonly en: string;
  /** Simplified Chinese. */
  readonly zh: string;
}

export type Language = keyof Text;

export const LANGUAGES: readonly Language[] = ["en", "zh"];

/** Returns a text that is the same in all languages, such as a name or a number with its unit. */
export function same(text: string): Text {
  return { en: text, zh: text };
}

/** Joins sentences: a space separates them in English, nothing in Chinese. */
export function joinSentences(sentences: readonly Text[]): Text {
  return joinTexts(sentences, { en: " ", zh: "" });
}

/** Joins the items of a list: `a, b`, and in Chinese `a、b`. */
export function joinItems(items: readonly (string | Text)[]): Text {
  return joinTexts(items.map(toText), { en: ", ", zh: "、" });
}

/** Joins names as a part of a sentence: `a, b and c`, and in Chinese `a、b 和 c`. */
export function joinNames(names: readonly (string | Text)[]): Text {
  const last = names.slice(-1).map(toText);
  if (names.length < 2) return last[0] ?? same("");
  const others = joinItems(names.slice(0, -1));
  // A full-width parenthesis contains its own space.
  const and = others.zh.endsWith("）") ? "和 " : " 和 ";
  return joinTexts([others, ...last], { en: " and ", zh: and });
}

/** Joins texts with a separator of each language. */
export function joinTexts(texts: readonly Text[], separator: Text): Text {
  return { en: texts.map(({ en }) => en).join(separator.en), zh: texts.map(({ zh }) => zh).join(separator.zh) };
}

function toText(item: string | Text): Text {
  return typeof item === "string" ? same(item) : item;
}
