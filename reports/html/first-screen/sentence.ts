/** Places a sentence in a page: names are isolated, because they can be written from right to left. */
import type { Phrase, Sentence } from "../../first-screen/phrase.ts";
import { type Content, html, type Html } from "../markup.ts";

export function sentenceContent({ en, zh }: Sentence): Content {
  return { en: phraseHtml(en), zh: phraseHtml(zh) };
}

function phraseHtml(phrase: Phrase): Html {
  return html`${phrase.map((part) => (typeof part === "string" ? unbroken(part) : html`<bdi>${part.name}</bdi>`))}`;
}

/** Keeps a number and its percent sign on one line. */
function unbroken(text: string): string {
  return text.replace(/(\d) %/g, "$1\u00a0%");
}
