/** Builds XML with all text and attribute values escaped. */

export type XmlAttributes = Readonly<Record<string, string | number>>;

/** Returns an element. @param content child elements, or text */
export function element(name: string, attributes: XmlAttributes, content: readonly string[] | string = []): string {
  const attributeText = Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join("");
  const inner =
    typeof content === "string"
      ? escapeXml(content)
      : content.map((child) => `\n${child}`).join("") + (content.length > 0 ? "\n" : "");
  return inner === "" ? `<${name}${attributeText}/>` : `<${name}${attributeText}>${inner}</${name}>`;
}

/** Replaces characters that XML 1.0 forbids even when escaped; preserves line breaks in attribute values. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
