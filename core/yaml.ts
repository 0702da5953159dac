/**
 * YAML text -> a small tree of plain nodes that know their place, for what users write for cnibench; or plain values, for what is
 * written for others. The only importer of the YAML library.
 *
 * The text may come from anyone, so size and depth are bounded before the library's recursive part sees it, and what
 * makes YAML surprising is refused: aliases (and with them alias bombs), tags of its own, several documents, keys that
 * are given twice or are no text.
 */
import { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq } from "yaml";
import type { CST, Document, ParsedNode } from "yaml";
import { printable } from "./errors.ts";

/** Where something stands; line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface YamlScalar extends SourcePosition {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

export interface YamlList extends SourcePosition {
  readonly kind: "list";
  readonly items: readonly YamlNode[];
}

export interface YamlMap extends SourcePosition {
  readonly kind: "map";
  readonly entries: readonly { readonly key: string; readonly keyPlace: SourcePosition; readonly value: YamlNode }[];
}

export type YamlNode = YamlScalar | YamlList | YamlMap;

/** A sentence about one place in the file. */
export interface YamlProblem {
  readonly position: SourcePosition;
  readonly message: string;
}

export const MAX_BYTES = 256 * 1024;
export const MAX_DEPTH = 32;

/** `file:line:column`, as editors and compilers write it. */
export function formatPosition(place: SourcePosition): string {
  return `${printable(place.file)}:${place.line}:${place.column}`;
}

/** Parses one document; either its root, or everything that is wrong with its syntax. An empty text is a null scalar. */
export function parseYaml(
  text: string,
  file: string,
): { readonly root: YamlNode } | { readonly problems: readonly YamlProblem[] } {
  const start: SourcePosition = { file, line: 1, column: 1 };
  if (Buffer.byteLength(text) > MAX_BYTES) {
    return {
      problems: [
        {
          position: start,
          message: `the file is larger than ${MAX_BYTES / 1024} KiB; split it or remove what is not needed`,
        },
      ],
    };
  }
  const lines = new LineCounter();
  const positionAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deepOffset = firstTooDeep(tokens);
  if (deepOffset !== null)
    return {
      problems: [
        { position: positionAt(deepOffset), message: `nested more than ${MAX_DEPTH} levels deep; flatten it` },
      ],
    };

  const problems: YamlProblem[] = [];
  // Keys are compared here: the library compares every pair, which a large file turns into seconds.
  const documents = [
    ...new Composer({ uniqueKeys: false, prettyErrors: false, schema: "core", resolveKnownTags: false }).compose(
      tokens,
    ),
  ];
  const [document, second] = documents;
  if (second !== undefined) {
    problems.push({
      position: positionAt(second.range[0]),
      message: "a second document begins here; keep one document per file",
    });
  }
  for (const error of document === undefined ? [] : [...document.errors, ...document.warnings]) {
    problems.push({
      position: positionAt(error.pos[0]),
      message: `${printable(error.message)}; correct the YAML here`,
    });
  }
  const root = convert(document, positionAt, problems);
  return problems.length > 0 ? { problems } : { root };
}

/** The values of all documents, aliases written out. @throws Error with the library's words about the first one that is wrong. */
export function parseDocuments(text: string): readonly unknown[] {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deepOffset = firstTooDeep(tokens);
  if (deepOffset !== null)
    throw new Error(`line ${lines.linePos(deepOffset).line} is nested more than ${MAX_DEPTH} levels deep`);
  return [...new Composer({ prettyErrors: false, uniqueKeys: false }).compose(tokens)].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`line ${lines.linePos(error.pos[0]).line}: ${printable(error.message)}`);
    return document.toJS() as unknown; // refuses aliases that multiply
  });
}

/** Offset of a token nested too deeply, or null. Iterative, because the text decides the depth. */
function firstTooDeep(tokens: readonly CST.Token[]): number | null {
  const stack = tokens.map((token) => ({ token, depth: 0 }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (depth > MAX_DEPTH) return token.offset;
    const children: (CST.Token | null | undefined)[] = [];
    if (token.type === "document") children.push(token.value);
    if ("items" in token) for (const item of token.items) children.push(item.key, item.value);
    for (const child of children) if (child) stack.push({ token: child, depth: depth + 1 });
  }
  return null;
}

type PositionAt = (offset: number) => SourcePosition;

function convert(document: Document.Parsed | undefined, positionAt: PositionAt, problems: YamlProblem[]): YamlNode {
  const node = (from: ParsedNode | null, missingAt: number): YamlNode => {
    const place = positionAt(from?.range[0] ?? missingAt);
    if (isMap(from)) return { kind: "map", ...place, entries: mapEntries(from.items, place) };
    if (isSeq(from)) return { kind: "list", ...place, items: from.items.map((item) => node(item, missingAt)) };
    if (isAlias(from))
      problems.push({ position: place, message: "aliases (*name) are not supported; write the value out" });
    return { kind: "scalar", ...place, value: isScalar(from) ? plain(from.value) : null };
  };
  const mapEntries = (
    items: readonly { key: ParsedNode; value: ParsedNode | null }[],
    mapPosition: SourcePosition,
  ): YamlMap["entries"] => {
    const seen = new Map<string, SourcePosition>();
    return items.map((item) => {
      const keyPlace = item.key.range ? positionAt(item.key.range[0]) : mapPosition;
      const value = node(item.value, item.key.range?.[1] ?? 0);
      if (!isScalar(item.key) || typeof item.key.value !== "string") {
        problems.push({ position: keyPlace, message: "this key is no text; write a plain word, or put it in quotes" });
        return { key: "", keyPlace, value };
      }
      const key = item.key.value;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, keyPlace);
      else
        problems.push({
          position: keyPlace,
          message: `"${printable(key).slice(0, 60)}" is given twice (first on line ${first.line}); remove one`,
        });
      return { key, keyPlace, value };
    });
  };
  return node(document?.contents ?? null, 0);
}

/** The core schema without further tags yields no other kinds. */
function plain(value: unknown): YamlScalar["value"] {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
