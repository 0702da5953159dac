/**
 * Reads the files of `--conf`: network configurations, and objects of kind NetworkAttachmentDefinition, which contain
 * one (Network Custom Resource Definition De-facto Standard, version 1.3, section 3.3).
 */
import { isObject, JsonSyntaxError, parseJson } from "../../cni/index.ts";
import { UsageErrors } from "../../core/errors.ts";
import { didYouMean } from "../../core/text.ts";
import { childOf, type DataNode, formatPosition, nearestNode } from "../../core/validation/document.ts";
import { positionsIn } from "../../core/validation/json-positions.ts";
import { parseYaml } from "../../core/validation/yaml.ts";

/** The text of a network configuration. */
export interface NetworkFile {
  readonly text: string;
  /** Name for messages: positions in an object are relative to its configuration. */
  readonly name: string;
}

const KIND = "NetworkAttachmentDefinition";
/** Templates of other programs, such as `{{.Name}}`, are not placeholders. */
const PLACEHOLDER = /\{\{\s*([\w-]+)\s*\}\}/g;

/**
 * Returns the network configuration in a file. That of an object without a `name` gets the name of the object.
 * @param known names of the placeholders that will be replaced
 * @throws UsageErrors with positions for an invalid object and for other placeholders
 */
export function openNetworkFile(text: string, file: string, known: readonly string[]): NetworkFile {
  const opened = text.includes(KIND) ? (configOfObject(text, file) ?? { text, name: file }) : { text, name: file };
  const positionAt = positionsIn(opened.text, opened.name);
  const problems = [...opened.text.matchAll(PLACEHOLDER)].flatMap(({ 0: placeholder, 1: name = "", index }) => {
    const position = formatPosition(positionAt(index));
    return known.some((one) => placeholder === `{{${one}}}`)
      ? []
      : [`${position}: unknown placeholder ${placeholder}${didYouMean(name, known)}; ${describeKnown(known)}`];
  });
  if (problems.length > 0) throw new UsageErrors(problems);
  return opened;
}

function describeKnown(known: readonly string[]): string {
  if (known.length === 0) return "only run, plan and lab replace placeholders; write the value";
  return `known: ${known.map((name) => `{{${name}}}`).join(", ")}`;
}

/** Returns null for a file of another type. */
function configOfObject(text: string, file: string): NetworkFile | null {
  const parsed = parseYaml(text, file);
  if ("problems" in parsed) {
    if (isJson(text)) return null; // a configuration that mentions the kind, and repeats a key
    throw new UsageErrors(parsed.problems.map(({ position, message }) => `${formatPosition(position)}: ${message}`));
  }
  const { root } = parsed;
  if (textOf(childOf(root, "kind")) !== KIND) return null;
  const config = nearestNode(root, "spec", "config");
  const content = textOf(config);
  if (content === null || content === "")
    throw new UsageErrors([`${formatPosition(config)}: spec.config must be a string with a network configuration`]);
  const name = textOf(nearestNode(root, "metadata", "name"));
  return { text: withName(content, name), name: `${file}(spec.config)` };
}

/** Adds the name of the object if the configuration has none. Invalid JSON is reported later, with its position. */
function withName(config: string, name: string | null): string {
  if (name === null || !isJson(config)) return config;
  const raw = parseJson(config);
  if (!isObject(raw) || raw.name !== undefined || Object.keys(raw).length === 0) return config;
  return config.replace("{", `{"name": ${JSON.stringify(name)}, `);
}

function isJson(text: string): boolean {
  try {
    parseJson(text);
    return true;
  } catch (error) {
    if (error instanceof JsonSyntaxError) return false;
    throw error;
  }
}

function textOf(node: DataNode | null): string | null {
  return node?.kind === "scalar" && typeof node.value === "string" ? node.value : null;
}
