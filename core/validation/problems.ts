/** Collects all problems of a file, so that users see them at once. */
import { UsageErrors, printable } from "../errors.ts";
import { didYouMean, shortened } from "../text.ts";
import {
  formatPosition,
  type DataNode,
  type MapEntry,
  type PositionedProblem,
  type SourcePosition,
} from "./document.ts";

/** Maximum number of problems in file order. A file with more is probably of another kind. */
const MAX_PROBLEMS = 100;
/** Characters of an external string in a message. */
const MAX_QUOTED_LENGTH = 60;
/** Longer strings get no suggestion, because the comparison is expensive. */
const MAX_SUGGESTION_LENGTH = 100;

/** The parts of messages that differ between kinds of files. */
export interface Wording {
  /** Continues `<label> must be <expected>`: the actual value and the next step. */
  mismatch(node: DataNode, expected: string): string;
  notMap(node: DataNode, label: string, keys: readonly string[]): string;
  /** null if other keys are allowed. */
  unknownKey(entry: MapEntry, label: string, keys: readonly string[]): PositionedProblem | null;
}

/** Wording for people who write the file by hand. */
const DETAILED: Wording = {
  mismatch: (node, expected) => `${actualValue(node)}${expected === "a string" ? "; quote it" : ""}`,
  notMap: (_node, label, keys) =>
    `${label} must be a map${keys.length > 0 ? ` with the keys ${keys.join(", ")}` : " without keys; remove it"}`,
  unknownKey: ({ key, keyPosition: position }, label, keys) => ({
    position,
    message: unknownName("key", key, keys, ` in ${label}`),
  }),
};

export class Problems {
  readonly wording: Wording;
  readonly #found: PositionedProblem[] = [];

  constructor(wording: Wording = DETAILED) {
    this.wording = wording;
  }

  get found(): boolean {
    return this.#found.length > 0;
  }

  add(position: SourcePosition, message: string): void {
    this.#found.push({ position, message });
  }

  /** Adds `<label> must be <expected>` with the actual value. */
  addMismatch(node: DataNode, label: string, expected: string): void {
    this.add(node, `${label} must be ${expected}${this.wording.mismatch(node, expected)}`);
  }

  /** Returns the first problems as `file:line:column: message`, in file order. */
  inFileOrder(): readonly string[] {
    const sorted = this.#found.toSorted(
      (a, b) => a.position.line - b.position.line || a.position.column - b.position.column,
    );
    const lines = sorted.slice(0, MAX_PROBLEMS).map(formatLine);
    const rest = sorted.length - lines.length;
    return rest > 0 ? [...lines, `and ${rest} more problems; fix the first ones and try again`] : lines;
  }

  /** Returns all problems, in the order in which they were added. */
  toError(): UsageErrors {
    return new UsageErrors(this.#found.map(formatLine));
  }

  throwIfFound(): void {
    if (this.found) throw this.toError();
  }
}

/** Quotes an external string for a message: truncated, without control characters. */
export function quote(text: string): string {
  return `"${shortened(printable(text).replaceAll(/\s+/g, " "), MAX_QUOTED_LENGTH)}"`;
}

/** Returns a suggestion for a misspelled name, or an empty string. */
export function suggestionFor(name: string, known: readonly string[]): string {
  return name.length <= MAX_SUGGESTION_LENGTH ? didYouMean(name, known) : "";
}

/** Returns e.g. `unknown key "block" in the suite (did you mean "blocks"?); known: ...`. */
export function unknownName(noun: string, name: string, known: readonly string[], location = ""): string {
  const suggestion = suggestionFor(name, known);
  return `unknown ${noun} ${quote(name)}${location}${suggestion}; known: ${known.join(", ") || "none"}`;
}

/** Describes the actual value on one line: `, not "Tcp 1"`. */
function actualValue(node: DataNode): string {
  if (node.kind !== "scalar") return `, not a ${node.kind}`;
  return node.value === null ? ", not empty" : `, not ${quote(String(node.value))}`;
}

function formatLine({ position, message }: PositionedProblem): string {
  return `${formatPosition(position)}: ${printable(message)}`;
}
