/** What a reader sees of a page in one language, without a browser. */
import type { Language } from "../../reports/language/text.ts";

/** Elements whose text is not part of the page, or is not written by cnibench. */
const FOREIGN = /^(code|pre|bdi|svg)$/;
const INVISIBLE = /^(data|title)$/;
const VOID = /^(br|meta|input|hr|img|col|wbr)$/;

const TOKENS = /<(\/?)([a-z][a-z0-9]*)((?:[^>"]|"[^"]*")*)>|([^<]+)/gi;

interface TextOptions {
  /** Omit code, names, messages of others (`bdi`) and drawings. Default: false. */
  readonly ownOnly?: boolean;
  /** Omit what only a choice of the reader shows. Default: false. */
  readonly unchosenOnly?: boolean;
}

/** Returns the pieces of text that a page shows in a language, in order; entities of `escapeHtml` are decoded. */
export function shownTexts(page: string, language: Language, options: TextOptions = {}): string[] {
  const open: { readonly name: string; readonly hidden: boolean }[] = [];
  const texts: string[] = [];
  const hides = (name: string, attributes: string): boolean =>
    INVISIBLE.test(name) ||
    isOtherLanguage(name, attributes, language) ||
    (options.ownOnly === true && FOREIGN.test(name)) ||
    (options.unchosenOnly === true && isUnchosen(attributes));
  const isHidden = (): boolean => open.at(-1)?.hidden ?? false;
  const markup = page.replace(/^<!doctype html>/, "").replaceAll(/<(script|style)\b.*?<\/\1>/gs, "");
  for (const [, closing, name, attributes = "", text = ""] of markup.matchAll(TOKENS)) {
    if (name === undefined) {
      if (!isHidden()) texts.push(decoded(text.replaceAll(/\s+/g, " ").trim()));
    } else if (closing === "/") open.splice(open.findLastIndex((element) => element.name === name));
    else if (!attributes.endsWith("/") && !VOID.test(name))
      open.push({ name, hidden: isHidden() || hides(name, attributes) });
  }
  return texts.filter((text) => text !== "");
}

function isUnchosen(attributes: string): boolean {
  return /\shidden(\s|$)/.test(attributes);
}

function isOtherLanguage(name: string, attributes: string, language: Language): boolean {
  const own = /\slang="([a-z]+)"/.exec(attributes)?.[1];
  return name !== "html" && own !== undefined && own !== language;
}

function decoded(text: string): string {
  return text.replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
}
