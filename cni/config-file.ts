/** Opens a JSON file of CNI: the values without loss, and the same tree with positions for messages. */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning, WarningCode } from "../core/warning-codes.ts";
import { formatPosition, type DataNode } from "../core/validation/document.ts";
import { parseJsonTree, positionsIn } from "../core/validation/json-positions.ts";
import { Problems, type Wording } from "../core/validation/problems.ts";
import { JsonSyntaxError, isObject, parseJson, typeName, type JsonObject, type JsonValue } from "./lossless-json.ts";

export interface ConfigFile {
  readonly raw: JsonObject;
  readonly root: DataNode;
  readonly problems: Problems;
  readonly warnings: Warning[];
}

const BYTE_ORDER_MARK = "\ufeff";

/** Types have the names of JSON. The specification allows unknown keys. */
const WORDING: Wording = {
  mismatch: (node) => `, not ${typeOf(node)}`,
  notMap: (node, label) => `${label} must be an object, not ${typeOf(node)}`,
  unknownKey: () => null,
};

/** @throws UsageErrors immediately if the root is not an object, because nothing else can be read */
export function openConfigFile(text: string, file: string): ConfigFile {
  const raw = parseOrThrow(text, file);
  const root = parseJsonTree(text, file);
  const problems = new Problems(WORDING);
  if (isObject(raw)) return { raw, root, problems, warnings: [] };
  problems.addMismatch(root, "a network configuration", "an object");
  throw problems.toError();
}

function parseOrThrow(text: string, file: string): JsonValue {
  if (text.startsWith(BYTE_ORDER_MARK))
    throw new UsageErrors([`${printable(file)}:1:1: byte order mark, which CNI runtimes reject; save without it`]);
  try {
    return parseJson(text);
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    const position = formatPosition(positionsIn(text, file)(error.offset));
    throw new UsageErrors([`${position}: ${printable(error.message)}; correct the JSON here`]);
  }
}

/** Records a warning at a value. */
export function warn({ warnings }: ConfigFile, node: DataNode, code: WarningCode, message: string): void {
  warnings.push({ code, message: `${formatPosition(node)}: ${printable(message)}` });
}

/** Returns the JSON type of a node for messages. */
export function typeOf(node: DataNode): string {
  if (node.kind === "scalar") return typeName(node.value);
  return node.kind === "list" ? "a list" : "an object";
}
