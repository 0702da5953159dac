/** The tree of a YAML or JSON file in which every value has a position, for messages that editors can follow. */
import { printable } from "../errors.ts";

/** A position in a file. Line and column count from 1. */
export interface SourcePosition {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface ScalarNode extends SourcePosition {
  readonly kind: "scalar";
  readonly value: string | number | boolean | null;
}

interface ListNode extends SourcePosition {
  readonly kind: "list";
  readonly items: readonly DataNode[];
}

export interface MapEntry {
  readonly key: string;
  readonly keyPosition: SourcePosition;
  readonly value: DataNode;
}

export interface MapNode extends SourcePosition {
  readonly kind: "map";
  readonly entries: readonly MapEntry[];
}

export type DataNode = ScalarNode | ListNode | MapNode;

/** A problem at one position of the file. */
export interface PositionedProblem {
  readonly position: SourcePosition;
  readonly message: string;
}

/** Returns `file:line:column`, the notation of editors and compilers. */
export function formatPosition({ file, line, column }: SourcePosition): string {
  return `${printable(file)}:${line}:${column}`;
}

/** Returns the value of a key, or null if the node is not a map or has no such key. */
export function childOf(node: DataNode, key: string): DataNode | null {
  if (node.kind !== "map") return null;
  return node.entries.find((entry) => entry.key === key)?.value ?? null;
}

/** Returns the value at a path of keys, or the innermost value that exists. */
export function nearestNode(node: DataNode, ...path: readonly string[]): DataNode {
  let current = node;
  for (const key of path) {
    const child = childOf(current, key);
    if (child === null) return current;
    current = child;
  }
  return current;
}
