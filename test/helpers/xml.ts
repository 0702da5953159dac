/** A strict parser for the XML that cnibench writes. */
import { expect } from "vitest";

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlElement[];
}

/** Parses XML. Rejects characters, references, attributes and nesting that XML 1.0 does not allow. */
export function parseXml(xml: string): XmlElement {
  const [, declared = ""] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n([^]*)\n$/.exec(xml) ?? [];
  expect(declared).toMatch(/^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]+$/u);
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const open = [root];
  const token = /<(\/?)([a-z-]+)((?: [a-z]+="(?:[^<&"]|&#\d+;)*")*)(\/?)>|((?:[^<&]|&#\d+;)+)/y;
  while (token.lastIndex < declared.length) {
    const at = token.lastIndex;
    const match = token.exec(declared);
    if (match === null) throw new Error(`invalid XML: ${declared.slice(at, at + 80)}`);
    const [, closing, name = "", attributes = "", empty, text] = match;
    if (text !== undefined) continue;
    if (closing === "/") expect(open.pop()?.name).toBe(name);
    else {
      const pairs = [...attributes.matchAll(/ ([a-z]+)="([^"]*)"/g)].map(
        ([, key = "", value = ""]) => [key, unescaped(value)] as const,
      );
      const element: XmlElement = { name, attributes: Object.fromEntries(pairs), children: [] };
      open.at(-1)?.children.push(element);
      if (empty !== "/") open.push(element);
    }
  }
  expect(open).toEqual([root]);
  return root.children[0] as XmlElement;
}

const unescaped = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
