/**
 * Parses a network configuration: a list, or a single plugin (before version 1.0.0), which is converted to a list. All
 * problems are reported together, each with file, line and column.
 */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/warning-codes.ts";
import { childOf, nearestNode, type DataNode } from "../core/validation/document.ts";
import { MapReader, type Fields } from "../core/validation/map.ts";
import type { Problems } from "../core/validation/problems.ts";
import { list, text as string, type Type } from "../core/validation/value-types.ts";
import { openConfigFile, typeOf, warn, type ConfigFile } from "./config-file.ts";
import { isList, isObject, stringifyJson, type JsonObject, type JsonValue } from "./lossless-json.ts";
import type { NetworkConfigList, PluginConfig } from "./types.ts";
import { networkNameProblem, pluginTypeProblem } from "./validate.ts";
import {
  LATEST_VERSION,
  SPEC_VERSIONS,
  DEFAULT_VERSION,
  atLeast,
  highestCommon,
  isSpecVersion,
  isVersion,
  type SpecVersion,
} from "./spec-versions.ts";

/** Version 0.4.0 used strings, so both are accepted. */
const looseBoolean: Type<boolean> = {
  read: (node, label, problems) => {
    const word = node.kind === "scalar" ? String(node.value).toLowerCase() : "";
    if (word === "true" || word === "false") return word === "true";
    problems.addMismatch(node, label, "true or false");
    return null;
  },
};

const LIST = {
  name: { type: nullable(string), default: "" },
  cniVersions: { type: nullable(list), default: [] },
  disableCheck: { type: nullable(looseBoolean), default: false },
  disableGC: { type: nullable(looseBoolean), default: false },
  loadOnlyInlinedPlugins: { type: nullable(looseBoolean), default: false },
  plugins: { type: nullable(list), default: [] },
} as const satisfies Fields;

const PLUGIN = { type: { type: nullable(string), default: "" } } as const satisfies Fields;

/** In Go, null is the same as a missing key. */
function nullable<T>({ read }: Type<T>): Type<T> {
  return {
    read: (node, label, problems) =>
      node.kind === "scalar" && node.value === null ? null : read(node, label, problems),
  };
}

/** A list before the plugins of its directory are added. */
export interface Draft extends Omit<NetworkConfigList, "text"> {
  readonly loadOnlyInlinedPlugins: boolean;
}

/**
 * Parses a network configuration.
 * @param file name for messages
 * @throws UsageErrors with all problems that would prevent a plugin from running
 */
export function parseNetworkConfig(text: string, file: string): NetworkConfigList {
  return finishDraft(parseDraft(text, file), file);
}

/** Completes a list after all plugins have been added. @throws UsageErrors if it has no plugins */
export function finishDraft(draft: Draft, file: string): NetworkConfigList {
  if (draft.plugins.length === 0)
    throw new UsageErrors([`${printable(file)}: network "${draft.name}" has no plugins; add one to "plugins"`]);
  return withVersion(draft, draft.cniVersion);
}

/** Returns the same list with another of its versions. */
export function withVersion(list: Omit<NetworkConfigList, "text">, cniVersion: SpecVersion): NetworkConfigList {
  const { name, cniVersions, disableCheck, disableGC, plugins, warnings } = list;
  const raw = plugins.map((plugin) => plugin.raw);
  const text = stringifyJson({ cniVersion, name, disableCheck, disableGC, loadOnlyInlinedPlugins: true, plugins: raw });
  return { name, cniVersion, cniVersions, disableCheck, disableGC, plugins, warnings, text };
}

/** Works like {@link parseNetworkConfig}, but `plugins` may be missing because a directory contains them. */
export function parseDraft(text: string, file: string): Draft {
  const config = openConfigFile(text, file);
  const { raw, root, problems, warnings } = config;
  const fields = new MapReader(root, "a network configuration", LIST, problems);
  const name = fields.value("name");
  const nameProblem = name === "" ? `"name" is missing; give the network a name` : networkNameProblem(name);
  addIfAny(problems, nearestNode(root, "name"), nameProblem);
  const loadOnlyInlinedPlugins = fields.value("loadOnlyInlinedPlugins");
  if (loadOnlyInlinedPlugins && raw.plugins === undefined)
    problems.add(
      nearestNode(root, "loadOnlyInlinedPlugins"),
      `"loadOnlyInlinedPlugins" is true but "plugins" is missing; add "plugins"`,
    );
  const cniVersions = readVersions(root, fields.value("cniVersions"), problems);
  const cniVersion = cniVersions.at(-1) ?? DEFAULT_VERSION;
  const [disableCheck, disableGC] = [fields.value("disableCheck"), fields.value("disableGC")];
  const single = raw.plugins === undefined && raw.type !== undefined;
  const listed = isList(raw.plugins) ? raw.plugins : [];
  const plugins = single
    ? [readPlugin(config, root, raw)]
    : fields.value("plugins").map((node, i) => readPlugin(config, node, listed[i]));
  if (single && atLeast(cniVersion, "1.0.0"))
    warn(
      config,
      root,
      "conf-single",
      `version ${cniVersion} does not support single plugin configurations; use a list`,
    );
  problems.throwIfFound();
  return { name, cniVersion, cniVersions, disableCheck, disableGC, loadOnlyInlinedPlugins, plugins, warnings };
}

/** Parses a file with a single plugin of a list. @throws UsageErrors */
export function parsePluginConfig(
  text: string,
  file: string,
): { readonly plugin: PluginConfig; readonly warnings: readonly Warning[] } {
  const config = openConfigFile(text, file);
  const plugin = readPlugin(config, config.root, config.raw);
  config.problems.throwIfFound();
  return { plugin, warnings: config.warnings };
}

/** Returns the released versions in cniVersion and cniVersions, ascending. Versions unknown to cnibench are ignored. */
function readVersions(root: DataNode, listed: readonly DataNode[], problems: Problems): readonly SpecVersion[] {
  const single = childOf(root, "cniVersion");
  const isStated = single !== null && !(single.kind === "scalar" && (single.value ?? "") === "");
  const stated = isStated ? [single, ...listed] : listed;
  const [first] = stated;
  if (first === undefined) return [DEFAULT_VERSION];
  const all: string[] = [];
  for (const node of stated) {
    const value = node.kind === "scalar" ? node.value : null;
    if (typeof value === "string" && isVersion(value)) all.push(value);
    else {
      const actual = typeof value === "string" ? `"${value.slice(0, 40)}"` : typeOf(node);
      problems.add(node, `a version must look like "${LATEST_VERSION}", not ${actual}`);
    }
  }
  if (highestCommon(all) === null) problems.add(first, `unsupported version; use one of ${SPEC_VERSIONS.join(", ")}`);
  return SPEC_VERSIONS.filter((version) => isSpecVersion(version) && all.includes(version));
}

function readPlugin(config: ConfigFile, node: DataNode, raw: JsonValue | undefined): PluginConfig {
  const { problems } = config;
  const fields = new MapReader(node, "a plugin", PLUGIN, problems);
  if (!isObject(raw)) return { type: "", capabilities: [], raw: {} };
  const type = fields.value("type");
  const typeProblem =
    type === "" ? `"type" is missing; set it to the file name of the plugin` : pluginTypeProblem(type);
  addIfAny(problems, nearestNode(node, "type"), typeProblem);
  checkTypes(node, raw, problems);
  for (const key of Object.keys(raw).filter(
    (key) => key === "runtimeConfig" || key === "args" || key.startsWith("cni.dev/"),
  )) {
    const handling = key === "args" ? "passed on" : "dropped";
    const message = `"${key}" is reserved for the runtime and ${handling}; remove it`;
    warn(config, nearestNode(node, key), "conf-reserved", message);
  }
  return { type, capabilities: readCapabilities(node, raw, problems), raw };
}

/** Runtimes cannot read a configuration in which `ipam` or `dns` has another type (libcni, types.NetConf). */
function checkTypes(plugin: DataNode, { ipam = null, dns = null }: JsonObject, problems: Problems): void {
  if (dns !== null && !isObject(dns)) problems.addMismatch(nearestNode(plugin, "dns"), `"dns"`, "an object");
  if (ipam === null) return;
  if (!isObject(ipam)) return problems.addMismatch(nearestNode(plugin, "ipam"), `"ipam"`, "an object");
  const { type = null } = ipam;
  const node = nearestNode(plugin, "ipam", "type");
  if (typeof type === "string" && type !== "") addIfAny(problems, node, pluginTypeProblem(type));
  else if (type !== null && type !== "") problems.addMismatch(node, `the "type" of "ipam"`, "a string");
}

function readCapabilities(plugin: DataNode, raw: JsonObject, problems: Problems): readonly string[] {
  const value = raw.capabilities ?? null;
  if (value === null) return [];
  const node = nearestNode(plugin, "capabilities");
  if (!isObject(value)) {
    problems.addMismatch(node, `"capabilities"`, "an object");
    return [];
  }
  for (const [name, on] of Object.entries(value))
    if (typeof on !== "boolean") problems.addMismatch(nearestNode(node, name), "a capability", "true or false");
  return Object.keys(value).filter((name) => value[name] === true);
}

function addIfAny(problems: Problems, node: DataNode, problem: string | null): void {
  if (problem !== null) problems.add(node, problem);
}
