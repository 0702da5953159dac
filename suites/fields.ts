/** Reads the fields of a parsed suite file and collects all problems, so that users see them at once. */
import { parseDuration } from "../core/duration.ts";
import { UsageError, messageOf, printable } from "../core/errors.ts";
import { didYouMean } from "../core/suggest.ts";
import { formatPosition } from "../core/yaml.ts";
import type { SourcePosition, YamlMap, YamlNode, YamlProblem } from "../core/yaml.ts";

/** Maximum number of reported problems. A file with more is probably not a suite at all. */
const MAX_PROBLEMS = 100;
/** Characters of an external string in a message. */
const MAX_QUOTED_LENGTH = 60;
/** Longer strings get no suggestion, because the comparison is expensive. */
const MAX_SUGGESTION_LENGTH = 100;

export class Problems {
  readonly #found: YamlProblem[] = [];

  add(position: SourcePosition, message: string): void {
    this.#found.push({ position, message });
  }

  get found(): boolean {
    return this.#found.length > 0;
  }

  /** Returns the problems as `file:line:column: message`, in file order. */
  lines(): readonly string[] {
    const sorted = this.#found.toSorted(
      (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
    );
    const lines = sorted
      .slice(0, MAX_PROBLEMS)
      .map(({ position, message }) => `${formatPosition(position)}: ${message}`);
    const rest = sorted.length - lines.length;
    return rest > 0 ? [...lines, `and ${rest} more problems; fix the first ones and try again`] : lines;
  }
}

/** Quotes an external string for a message: truncated, without control characters. */
export function quote(text: string): string {
  const safe = printable(text).replaceAll(/\s+/g, " ");
  return `"${safe.length > MAX_QUOTED_LENGTH ? `${safe.slice(0, MAX_QUOTED_LENGTH)}...` : safe}"`;
}

/** Returns a suggestion for a misspelled name, or an empty string. */
export function suggestionFor(name: string, known: readonly string[]): string {
  return name.length <= MAX_SUGGESTION_LENGTH ? didYouMean(name, known) : "";
}

/** Returns the values of a map, or null if the node is not a map. Reports keys that are not allowed. */
export function readMap(
  node: YamlNode,
  label: string,
  allowedKeys: readonly string[],
  problems: Problems,
): ReadonlyMap<string, YamlNode> | null {
  if (node.kind !== "map") {
    const keys = allowedKeys.length > 0 ? ` with the keys ${allowedKeys.join(", ")}` : " without keys; remove it";
    problems.add(node, `${label} must be a map${keys}`);
    return null;
  }
  for (const { key, keyPosition } of node.entries) {
    if (!allowedKeys.includes(key)) problems.add(keyPosition, unknownName("key", key, allowedKeys, ` in ${label}`));
  }
  return fieldsOf(node);
}

/** Returns e.g. `unknown key "block" in the suite (did you mean "blocks"?); known: ...`. */
export function unknownName(noun: string, name: string, known: readonly string[], location = ""): string {
  const suggestion = suggestionFor(name, known);
  return `unknown ${noun} ${quote(name)}${location}${suggestion}; known: ${known.join(", ") || "none"}`;
}

function fieldsOf(map: YamlMap): ReadonlyMap<string, YamlNode> {
  return new Map(map.entries.map(({ key, value }) => [key, value]));
}

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;

/** Returns a name that is safe in cell ids and directory names, or null (reported). */
export function readName(node: YamlNode, label: string, problems: Problems): string | null {
  if (node.kind === "scalar" && typeof node.value === "string" && NAME.test(node.value)) return node.value;
  const rule = "1 to 40 lowercase letters, digits or hyphens, starting with a letter or digit";
  problems.add(node, `${label} must be ${rule}${actualValue(node)}`);
  return null;
}

/** Returns any string, or null (reported). */
export function readString(node: YamlNode, label: string, problems: Problems): string | null {
  if (node.kind === "scalar" && typeof node.value === "string") return node.value;
  problems.add(node, `${label} must be a string${actualValue(node)}; quote it`);
  return null;
}

export interface NumberRange {
  readonly type: "integer" | "number";
  readonly min: number;
  readonly max: number;
}

/** Returns a number within the range, or null (reported). */
export function readNumber(node: YamlNode, label: string, range: NumberRange, problems: Problems): number | null {
  const value = node.kind === "scalar" ? node.value : null;
  const valid =
    typeof value === "number" &&
    value >= range.min &&
    value <= range.max &&
    (range.type === "number" || Number.isInteger(value));
  if (valid) return value;
  const kind = range.type === "integer" ? "an integer" : "a number";
  problems.add(node, `${label} must be ${kind} from ${range.min} to ${range.max}${actualValue(node)}`);
  return null;
}

/** Returns seconds, or null (reported). */
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

/** Describes the actual value on one line: `, not "Tcp 1"`. */
function actualValue(node: YamlNode): string {
  if (node.kind !== "scalar") return `, not a ${node.kind}`;
  return node.value === null ? ", not empty" : `, not ${quote(String(node.value))}`;
}
