/** Reads fields of a parsed file and collects every problem, so that the user sees all of them at once. */
import { UsageError, messageOf, printable } from "../core/errors.ts";
import { parseDuration } from "../core/duration.ts";
import { didYouMean } from "../core/suggest.ts";
import { formatPosition } from "../core/yaml.ts";
import type { SourcePosition, YamlMap, YamlNode, YamlProblem } from "../core/yaml.ts";

/** A file with more problems than this is a file of another kind; the rest would only bury the first. */
const MAX_PROBLEMS = 100;

export class Problems {
  readonly #found: YamlProblem[] = [];

  add(position: SourcePosition, sentence: string): void {
    this.#found.push({ position: position, message: sentence });
  }

  get found(): boolean {
    return this.#found.length > 0;
  }

  /** `file:line:column: sentence`, in the order of the file. */
  lines(): readonly string[] {
    const sorted = this.#found.toSorted(
      (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
    );
    const lines = sorted
      .slice(0, MAX_PROBLEMS)
      .map(({ position: place, message: sentence }) => `${formatPosition(place)}: ${sentence}`);
    const rest = sorted.length - lines.length;
    return rest > 0 ? [...lines, `and ${rest} more problems; correct the first ones and try again`] : lines;
  }
}

/** Foreign text quoted for a message: bounded, no control characters. */
export function quote(text: string): string {
  const safe = printable(text).replaceAll(/\s+/g, " ");
  return `"${safe.length > 60 ? `${safe.slice(0, 60)}...` : safe}"`;
}

/** The values of a map whose keys must all be known, or null (reported) when it is no map. */
export function readMap(
  node: YamlNode,
  label: string,
  allowedKeys: readonly string[],
  problems: Problems,
): ReadonlyMap<string, YamlNode> | null {
  if (node.kind !== "map") {
    problems.add(
      node,
      `${label} must be a map of ${allowedKeys.length > 0 ? allowedKeys.join(", ") : "nothing (leave it out)"}`,
    );
    return null;
  }
  for (const { key, keyPosition } of node.entries) {
    if (!allowedKeys.includes(key)) problems.add(keyPosition, unknownName(`key of ${label}`, key, allowedKeys));
  }
  return fieldsOf(node);
}

/** `unknown key of the suite "block" (did you mean "blocks"?); known: ...` */
export function unknownName(noun: string, name: string, known: readonly string[]): string {
  // A suggestion for a kilobyte of text helps nobody and costs time.
  const suggestion = name.length <= 100 ? didYouMean(name, known) : "";
  return `unknown ${noun} ${quote(name)}${suggestion}; known: ${known.join(", ") || "none"}`;
}

function fieldsOf(map: YamlMap): ReadonlyMap<string, YamlNode> {
  return new Map(map.entries.map(({ key, value }) => [key, value]));
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** A name that becomes part of cell ids and folder names, or null (reported). */
export function readName(node: YamlNode, label: string, problems: Problems): string | null {
  if (node.kind === "scalar" && typeof node.value === "string" && NAME.test(node.value)) return node.value;
  problems.add(
    node,
    `${label} must be 1 to 40 small letters, digits and hyphens, beginning with a letter or digit${actualValue(node)}`,
  );
  return null;
}

/** Any text, or null (reported). */
export function readString(node: YamlNode, label: string, problems: Problems): string | null {
  if (node.kind === "scalar" && typeof node.value === "string") return node.value;
  problems.add(node, `${label} must be a text${actualValue(node)}; put it in quotes`);
  return null;
}

export interface NumberRange {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
}

/** A number inside its range, or null (reported). */
export function readNumber(node: YamlNode, label: string, range: NumberRange, problems: Problems): number | null {
  const value = node.kind === "scalar" ? node.value : null;
  const fits =
    typeof value === "number" &&
    value >= range.min &&
    value <= range.max &&
    (range.type === "number" || Number.isInteger(value));
  if (fits) return value;
  const kind = range.type === "integer" ? "a whole number" : "a number";
  problems.add(node, `${label} must be ${kind} from ${range.min} to ${range.max}${actualValue(node)}`);
  return null;
}

/** Seconds, or null (reported). */
export function readDuration(node: YamlNode, label: string, problems: Problems): number | null {
  const value = node.kind === "scalar" ? node.value : null;
  try {
    return parseDuration(typeof value === "number" || typeof value === "string" ? value : "");
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    problems.add(node, `${label}: ${messageOf(error)}`);
    return null;
  }
}

/** `, not "Tcp 1"`, as far as it can be shown on one line. */
function actualValue(node: YamlNode): string {
  if (node.kind !== "scalar") return `, not a ${node.kind}`;
  return node.value === null ? "; it is empty" : `, not ${quote(String(node.value))}`;
}
