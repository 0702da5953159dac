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
  const texts = items.map((item) => (typeof item === "string" ? same(item) : item));
  return joinTexts(texts, { en: ", ", zh: "、" });
}

/** Joins texts with a separator of each language. */
export function joinTexts(texts: readonly Text[], separator: Text): Text {
  return { en: texts.map(({ en }) => en).join(separator.en), zh: texts.map(({ zh }) => zh).join(separator.zh) };
}
