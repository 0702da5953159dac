/**
 * Parses a network configuration: a list, or a single plugin (before version 1.0.0), which is converted to a list. All
 * problems are reported together, each with file, line and column.
 */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { isObject, typeName, stringifyJson, type JsonObject, type JsonValue } from "./json.ts";
import type { JsonPath } from "./position.ts";
import { JsonReader } from "./reader.ts";
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
} from "./version.ts";

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
  const reader = new JsonReader(text, file);
  const root = reader.root();
  const single = root.plugins === undefined && root.type !== undefined;
  const name = reader.string(root, [], "name");
  reader.reject(["name"], name === "" ? `"name" is missing; give the network a name` : networkNameProblem(name));
  const loadOnlyInlinedPlugins = reader.boolean(root, "loadOnlyInlinedPlugins");
  if (loadOnlyInlinedPlugins && root.plugins === undefined) {
    reader.reject(
      ["loadOnlyInlinedPlugins"],
      `"loadOnlyInlinedPlugins" is true but "plugins" is missing; add "plugins"`,
    );
  }
  const cniVersions = readVersions(reader, root);
  const cniVersion = cniVersions.at(-1) ?? DEFAULT_VERSION;
  const draft = {
    name,
    cniVersion,
    cniVersions,
    disableCheck: reader.boolean(root, "disableCheck"),
    disableGC: reader.boolean(root, "disableGC"),
    loadOnlyInlinedPlugins,
    plugins: single
      ? [readPlugin(reader, root, [])]
      : reader.list(root, "plugins").map((plugin, i) => readPlugin(reader, plugin, ["plugins", i])),
    warnings: reader.warnings,
  };
  if (single && atLeast(cniVersion, "1.0.0"))
    reader.warn([], "conf-single", `version ${cniVersion} does not support single plugin configurations; use a list`);
  reader.throwIfRejected();
  return draft;
}

/** Parses a file with a single plugin of a list. @throws UsageErrors */
export function parsePluginConfig(
  text: string,
  file: string,
): { readonly plugin: PluginConfig; readonly warnings: readonly Warning[] } {
  const reader = new JsonReader(text, file);
  const plugin = readPlugin(reader, reader.root(), []);
  reader.throwIfRejected();
  return { plugin, warnings: reader.warnings };
}

/** Returns the released versions in cniVersion and cniVersions, ascending. Versions unknown to cnibench are ignored. */
function readVersions(reader: JsonReader, root: JsonObject): readonly SpecVersion[] {
  const listed = reader.list(root, "cniVersions").map((value, i): [JsonPath, JsonValue] => [["cniVersions", i], value]);
  const stated: [JsonPath, JsonValue][] =
    (root.cniVersion ?? "") === "" ? listed : [[["cniVersion"], root.cniVersion ?? ""], ...listed];
  if (stated.length === 0) return [DEFAULT_VERSION];
  const all: string[] = [];
  for (const [path, value] of stated) {
    if (typeof value === "string" && isVersion(value)) all.push(value);
    else {
      const actual = typeof value === "string" ? `"${value.slice(0, 40)}"` : typeName(value);
      reader.reject(path, `a version must look like "${LATEST_VERSION}", not ${actual}`);
    }
  }
  if (highestCommon(all) === null)
    reader.reject(stated[0]?.[0] ?? [], `unsupported version; use one of ${SPEC_VERSIONS.join(", ")}`);
  return SPEC_VERSIONS.filter((version) => isSpecVersion(version) && all.includes(version));
}

function readPlugin(reader: JsonReader, value: JsonValue, path: JsonPath): PluginConfig {
  if (!isObject(value)) {
    reader.reject(path, `a plugin must be an object, not ${typeName(value)}`);
    return { type: "", capabilities: [], raw: {} };
  }
  const type = reader.string(value, path, "type");
  reader.reject(
    [...path, "type"],
    type === "" ? `"type" is missing; set it to the file name of the plugin` : pluginTypeProblem(type),
  );
  if (isObject(value.ipam) && typeof value.ipam.type === "string" && value.ipam.type !== "") {
    reader.reject([...path, "ipam", "type"], pluginTypeProblem(value.ipam.type));
  }
  for (const key of Object.keys(value).filter(
    (key) => key === "runtimeConfig" || key === "args" || key.startsWith("cni.dev/"),
  )) {
    const handling = key === "args" ? "passed on" : "dropped";
    reader.warn([...path, key], "conf-reserved", `"${key}" is reserved for the runtime and ${handling}; remove it`);
  }
  return { type, capabilities: readCapabilities(reader, value, path), raw: value };
}

function readCapabilities(reader: JsonReader, plugin: JsonObject, path: JsonPath): readonly string[] {
  const value = plugin.capabilities ?? null;
  if (value === null) return [];
  if (!isObject(value)) {
    reader.reject([...path, "capabilities"], `"capabilities" must be an object, not ${typeName(value)}`);
    return [];
  }
  for (const [name, on] of Object.entries(value)) {
    if (typeof on !== "boolean")
      reader.reject([...path, "capabilities", name], `a capability must be true or false, not ${typeName(on)}`);
  }
  return Object.keys(value).filter((name) => value[name] === true);
}
