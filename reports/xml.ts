/** XML that escapes by itself. */

export type Attributes = Readonly<Record<string, string | number>>;

/** One element with its attributes, and children or text. */
export function element(name: string, attributes: Attributes, content: readonly string[] | string = []): string {
  const shown = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("");
  const inner =
    typeof content === "string"
      ? escapeXml(content)
      : content.map((child) => `\n${child}`).join("") + (content.length > 0 ? "\n" : "");
  return inner === "" ? `<${name}${shown}/>` : `<${name}${shown}>${inner}</${name}>`;
}

/** Characters that XML 1.0 does not know at all, not even escaped, are replaced; line ends in attributes are kept. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
