/** Sentences that contain names, which a page isolates from the text around them. */
import type { Language, Text } from "../language/text.ts";

/** A name from outside: a plugin. */
export interface Name {
  readonly name: string;
}

/** Text and names of one language. */
export type Phrase = readonly (string | Name)[];

/** A sentence in each language. */
export type Sentence = { readonly [language in Language]: Phrase };

type Part = string | Name | Phrase;

/** phrase`${{ name: "bridge" }} is first`: joins text, names and other phrases. */
export function phrase(texts: TemplateStringsArray, ...parts: readonly Part[]): Phrase {
  return texts.flatMap((text, index) => {
    const part = parts[index];
    const following = part === undefined ? [] : isPhrase(part) ? part : [part];
    return text === "" ? following : [text, ...following];
  });
}

function isPhrase(part: Part): part is Phrase {
  return Array.isArray(part);
}

/** Joins phrases with a separator. */
export function joinPhrases(phrases: readonly Phrase[], separator: string): Phrase {
  return phrases.flatMap((each, index) => (index === 0 ? each : [separator, ...each]));
}

/** Joins sentences with a separator of each language. */
export function joinAll(sentences: readonly Sentence[], separator: Text): Sentence {
  return {
    en: joinPhrases(
      sentences.map(({ en }) => en),
      separator.en,
    ),
    zh: joinPhrases(
      sentences.map(({ zh }) => zh),
      separator.zh,
    ),
  };
}

/** Returns `a`, `a and b` or `a, b and c`, and the number of the others of a long list. */
export function nameList(names: readonly string[], max = 4): Sentence {
  const shown = names.length > max ? names.slice(0, max - 1) : names;
  const others = names.length - shown.length;
  const list = shown.map((name): Phrase => [{ name }]);
  const en = others > 0 ? [...list, [`${others} others`]] : list;
  const zh = others > 0 ? joinPhrases(list, "、") : joinLast(list, "、", " 和 ");
  return {
    en: joinLast(en, ", ", " and "),
    zh: others > 0 ? phrase`${zh}等 ${String(names.length)} 个` : zh,
  };
}

function joinLast(list: readonly Phrase[], separator: string, lastSeparator: string): Phrase {
  const last = list.at(-1) ?? [];
  return list.length < 2 ? last : phrase`${joinPhrases(list.slice(0, -1), separator)}${lastSeparator}${last}`;
}

/** Returns a phrase as plain text. */
export function plain(parts: Phrase): string {
  return parts.map((part) => (typeof part === "string" ? part : part.name)).join("");
}
