/** Finds the positions of values in JSON. The text has been parsed before: this file does not check its syntax. */
import type { DataNode, MapEntry, SourcePosition } from "./document.ts";

/** Every token but commas and colons, which carry no information in valid JSON. */
const TOKENS = /[[\]{}]|"(?:[^"\\]|\\.)*"|[^\s[\]{},:"]+/gs;

/** Returns the tree of valid JSON. Numbers are rounded to those of JavaScript. */
export function parseJsonTree(text: string, file: string): DataNode {
  const positionAt = positionsIn(text, file);
  const tokens = text.matchAll(TOKENS);
  const next = (): RegExpExecArray => tokens.next().value as RegExpExecArray;
  const node = ({ 0: token, index }: RegExpExecArray): DataNode => {
    const position = positionAt(index);
    if (token === "[") {
      const items: DataNode[] = [];
      for (let item = next(); item[0] !== "]"; item = next()) items.push(node(item));
      return { kind: "list", ...position, items };
    }
    if (token === "{") {
      const entries: MapEntry[] = [];
      for (let key = next(); key[0] !== "}"; key = next())
        entries.push({ key: JSON.parse(key[0]) as string, keyPosition: positionAt(key.index), value: node(next()) });
      return { kind: "map", ...position, entries };
    }
    return { kind: "scalar", ...position, value: JSON.parse(token) as string | number | boolean | null };
  };
  return node(next());
}

/** Returns a function from offsets to positions. Offsets must not decrease from call to call. */
export function positionsIn(text: string, file: string): (offset: number) => SourcePosition {
  let [line, start] = [1, 0];
  return (offset) => {
    for (let end = text.indexOf("\n", start); end !== -1 && end < offset; end = text.indexOf("\n", start)) {
      line++;
      start = end + 1;
    }
    return { file, line, column: offset - start + 1 };
  };
}
