/**
 * Parses YAML: files written for cnibench into a small tree of nodes with positions, other files into plain values. The
 * only file that imports the YAML library.
 *
 * The input is untrusted, so size and depth are limited before the recursive part of the library runs. Files for
 * cnibench must not use the error-prone features of YAML: aliases (and alias bombs), custom tags, several documents,
 * duplicate keys and keys that are not strings.
 */
import { Composer, LineCounter, Parser, isAlias, isMap, isScalar, isSeq } from "yaml";
import type { CST, Document, ParsedNode } from "yaml";
import { printable } from "../errors.ts";
import type { DataNode, MapNode, PositionedProblem, ScalarNode, SourcePosition } from "./document.ts";

export const MAX_BYTES = 256 * 1024;
export const MAX_YAML_DEPTH = 32;

type PositionAt = (offset: number) => SourcePosition;
type ParsedYaml = { readonly root: DataNode } | { readonly problems: readonly PositionedProblem[] };

/** Parses one document and returns its root or all syntax problems. An empty string is a null scalar. */
export function parseYaml(text: string, file: string): ParsedYaml {
  if (Buffer.byteLength(text) > MAX_BYTES) {
    const message = `the file is larger than ${MAX_BYTES / 1024} KiB; split it or remove unused parts`;
    return { problems: [{ position: { file, line: 1, column: 1 }, message }] };
  }
  const lines = new LineCounter();
  const positionAt = (offset: number): SourcePosition => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deepOffset = firstTooDeep(tokens);
  if (deepOffset !== null) {
    const message = `nested more than ${MAX_YAML_DEPTH} levels deep; flatten it`;
    return { problems: [{ position: positionAt(deepOffset), message }] };
  }
  // Duplicate keys are detected by convert(): the library compares every pair, which takes seconds for a large file.
  const options = { uniqueKeys: false, prettyErrors: false, schema: "core", resolveKnownTags: false } as const;
  const documents = [...new Composer(options).compose(tokens)];
  const problems = syntaxProblems(documents, positionAt);
  const root = convert(documents[0], positionAt, problems);
  return problems.length > 0 ? { problems } : { root };
}

function syntaxProblems([document, second]: readonly Document.Parsed[], positionAt: PositionAt): PositionedProblem[] {
  const problems: PositionedProblem[] = [];
  if (second !== undefined) {
    problems.push({ position: positionAt(second.range[0]), message: "second document; use one document per file" });
  }
  for (const error of document === undefined ? [] : [...document.errors, ...document.warnings]) {
    problems.push({
      position: positionAt(error.pos[0]),
      message: `${printable(error.message)}; correct the YAML here`,
    });
  }
  return problems;
}

/** Returns the values of all documents with aliases expanded. @throws Error with the first message of the library */
export function parseDocuments(text: string): readonly unknown[] {
  const lines = new LineCounter();
  const tokens = [...new Parser(lines.addNewLine).parse(text)];
  const deepOffset = firstTooDeep(tokens);
  if (deepOffset !== null)
    throw new Error(`line ${lines.linePos(deepOffset).line} is nested more than ${MAX_YAML_DEPTH} levels deep`);
  return [...new Composer({ prettyErrors: false, uniqueKeys: false }).compose(tokens)].map((document) => {
    const [error] = document.errors;
    if (error !== undefined) throw new Error(`line ${lines.linePos(error.pos[0]).line}: ${printable(error.message)}`);
    return document.toJS() as unknown; // rejects alias bombs
  });
}

/** Returns the offset of a token nested too deeply, or null. Iterative, because the input determines the depth. */
function firstTooDeep(tokens: readonly CST.Token[]): number | null {
  const stack = tokens.map((token) => ({ token, depth: 0 }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { token, depth } = top;
    if (depth > MAX_YAML_DEPTH) return token.offset;
    const children: (CST.Token | null | undefined)[] = [];
    if (token.type === "document") children.push(token.value);
    if ("items" in token) for (const item of token.items) children.push(item.key, item.value);
    for (const child of children) if (child) stack.push({ token: child, depth: depth + 1 });
  }
  return null;
}

function convert(
  document: Document.Parsed | undefined,
  positionAt: PositionAt,
  problems: PositionedProblem[],
): DataNode {
  const node = (from: ParsedNode | null, missingAt: number): DataNode => {
    const position = positionAt(from?.range[0] ?? missingAt);
    if (isMap(from)) return { kind: "map", ...position, entries: mapEntries(from.items, position) };
    if (isSeq(from)) return { kind: "list", ...position, items: from.items.map((item) => node(item, missingAt)) };
    if (isAlias(from)) problems.push({ position, message: "aliases (*name) are not supported; repeat the value" });
    return { kind: "scalar", ...position, value: isScalar(from) ? plain(from.value) : null };
  };
  const mapEntries = (
    items: readonly { key: ParsedNode; value: ParsedNode | null }[],
    mapPosition: SourcePosition,
  ): MapNode["entries"] => {
    const seen = new Map<string, SourcePosition>();
    return items.map((item) => {
      const keyPosition = item.key.range ? positionAt(item.key.range[0]) : mapPosition;
      const value = node(item.value, item.key.range?.[1] ?? 0);
      if (!isScalar(item.key) || typeof item.key.value !== "string") {
        problems.push({ position: keyPosition, message: "invalid key: keys must be strings; put it in quotes" });
        return { key: "", keyPosition, value };
      }
      const key = item.key.value;
      const first = seen.get(key);
      if (first === undefined) seen.set(key, keyPosition);
      else
        problems.push({
          position: keyPosition,
          message: `duplicate key "${printable(key).slice(0, 60)}" (first on line ${first.line}); remove one`,
        });
      return { key, keyPosition, value };
    });
  };
  return node(document?.contents ?? null, 0);
}

/** Returns the value of a scalar. The core schema without further tags yields no other types. */
function plain(value: unknown): ScalarNode["value"] {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? value : null;
}
