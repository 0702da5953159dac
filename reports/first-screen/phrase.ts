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

/** Returns `a`, `a and b` or `a, b and c`, and the number of the others of a list longer than `max`. */
export function nameList(names: readonly string[], max = Infinity): Sentence {
  const sentences = names.map((name): Sentence => ({ en: [{ name }], zh: [{ name }] }));
  if (names.length <= max) return listOf(sentences);
  const shown = sentences.slice(0, max - 1);
  const others: Sentence = { en: [`${names.length - shown.length} others`], zh: [] };
  const { zh } = joinAll(shown, { en: "", zh: "、" });
  return { en: listOf([...shown, others]).en, zh: phrase`${zh}等 ${String(names.length)} 个` };
}

/** Joins the parts of an enumeration: `a, b and c`, and in Chinese `a、b 和 c`. */
export function listOf(items: readonly Sentence[]): Sentence {
  const before = items.at(-2)?.zh ?? [];
  // A full-width parenthesis contains its own space.
  const and = plain(before).endsWith("）") ? "和 " : " 和 ";
  return {
    en: joinLast(
      items.map(({ en }) => en),
      ", ",
      " and ",
    ),
    zh: joinLast(
      items.map(({ zh }) => zh),
      "、",
      and,
    ),
  };
}

function joinLast(list: readonly Phrase[], separator: string, lastSeparator: string): Phrase {
  const last = list.at(-1) ?? [];
  return list.length < 2 ? last : phrase`${joinPhrases(list.slice(0, -1), separator)}${lastSeparator}${last}`;
}

/** Returns a phrase as plain text. @param nameText how a name is shown; default: in full */
export function plain(parts: Phrase, nameText = (name: string): string => name): string {
  return parts.map((part) => (typeof part === "string" ? part : nameText(part.name))).join("");
}
