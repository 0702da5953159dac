/**
 * Reading a network configuration: a list, or a single plugin of the time before 1.0.0, which is lifted to a list.
 * Everything that is wrong is reported at once, each with file, line and column.
 */
import { UsageErrors, printable } from "../core/errors.ts";
import type { Warning } from "../core/model.ts";
import { isObject, kindOf, stringifyJson, type JsonObject, type JsonValue } from "./json.ts";
import type { JsonPath } from "./position.ts";
import { Reader } from "./reader.ts";
import type { NetworkConfigList, PluginConfig } from "./types.ts";
import { badNetworkName, badPluginType } from "./validate.ts";
import {
  LATEST,
  SPEC_VERSIONS,
  UNSTATED,
  atLeast,
  highestCommon,
  isSpecVersion,
  isVersion,
  type SpecVersion,
} from "./version.ts";

/** A list before plugins from a folder are added to it. */
export interface Draft extends Omit<NetworkConfigList, "text"> {
  readonly loadOnlyInlinedPlugins: boolean;
}

/**
 * @param file name for messages.
 * @throws UsageErrors for anything that would keep a plugin from being run.
 */
export function parseNetworkConfig(text: string, file: string): NetworkConfigList {
  return finishDraft(parseDraft(text, file), file);
}

/** @throws UsageErrors when there is nothing to run. */
export function finishDraft(draft: Draft, file: string): NetworkConfigList {
  if (draft.plugins.length === 0)
    throw new UsageErrors([`${printable(file)}: network "${draft.name}" has no plugins; add one to "plugins"`]);
  return withVersion(draft, draft.cniVersion);
}

/** The same list spoken with another of its versions. */
export function withVersion(list: Omit<NetworkConfigList, "text">, cniVersion: SpecVersion): NetworkConfigList {
  const { name, cniVersions, disableCheck, disableGC, plugins, warnings } = list;
  const raw = plugins.map((plugin) => plugin.raw);
  const text = stringifyJson({ cniVersion, name, disableCheck, disableGC, loadOnlyInlinedPlugins: true, plugins: raw });
  return { name, cniVersion, cniVersions, disableCheck, disableGC, plugins, warnings, text };
}

/** As {@link parseNetworkConfig}, but `plugins` may be missing because a folder holds them. */
export function parseDraft(text: string, file: string): Draft {
  const reader = new Reader(text, file);
  const root = reader.root();
  const single = root.plugins === undefined && root.type !== undefined;
  const name = reader.text(root, [], "name");
  reader.refuse(["name"], name === "" ? `"name" is missing; give the network a name` : badNetworkName(name));
  const loadOnlyInlinedPlugins = reader.flag(root, "loadOnlyInlinedPlugins");
  if (loadOnlyInlinedPlugins && root.plugins === undefined) {
    reader.refuse(
      ["loadOnlyInlinedPlugins"],
      `"loadOnlyInlinedPlugins" is true but there is no "plugins"; write the plugins here`,
    );
  }
  const cniVersions = readVersions(reader, root);
  const cniVersion = cniVersions.at(-1) ?? UNSTATED;
  const draft = {
    name,
    cniVersion,
    cniVersions,
    disableCheck: reader.flag(root, "disableCheck"),
    disableGC: reader.flag(root, "disableGC"),
    loadOnlyInlinedPlugins,
    plugins: single
      ? [readPlugin(reader, root, [])]
      : reader.list(root, "plugins").map((plugin, i) => readPlugin(reader, plugin, ["plugins", i])),
    warnings: reader.warnings,
  };
  if (single && atLeast(cniVersion, "1.0.0"))
    reader.warn([], "conf-single", `version ${cniVersion} knows no single plugin configurations; write a list`);
  reader.end();
  return draft;
}

/** One plugin of a file of its own. @throws UsageErrors */
export function parsePluginConfig(
  text: string,
  file: string,
): { readonly plugin: PluginConfig; readonly warnings: readonly Warning[] } {
  const reader = new Reader(text, file);
  const plugin = readPlugin(reader, reader.root(), []);
  reader.end();
  return { plugin, warnings: reader.warnings };
}

/** The released versions among cniVersion and cniVersions, ascending; what is newer than us is passed over. */
function readVersions(reader: Reader, root: JsonObject): readonly SpecVersion[] {
  const listed = reader.list(root, "cniVersions").map((value, i): [JsonPath, JsonValue] => [["cniVersions", i], value]);
  const stated: [JsonPath, JsonValue][] =
    (root.cniVersion ?? "") === "" ? listed : [[["cniVersion"], root.cniVersion ?? ""], ...listed];
  if (stated.length === 0) return [UNSTATED];
  const all: string[] = [];
  for (const [path, value] of stated) {
    if (typeof value === "string" && isVersion(value)) all.push(value);
    else
      reader.refuse(
        path,
        `a version must look like "${LATEST}", not ${typeof value === "string" ? `"${value.slice(0, 40)}"` : kindOf(value)}`,
      );
  }
  if (highestCommon(all) === null)
    reader.refuse(
      stated[0]?.[0] ?? [],
      `no version known to cnibench is offered; use one of ${SPEC_VERSIONS.join(", ")}`,
    );
  return SPEC_VERSIONS.filter((version) => isSpecVersion(version) && all.includes(version));
}

function readPlugin(reader: Reader, value: JsonValue, path: JsonPath): PluginConfig {
  if (!isObject(value)) {
    reader.refuse(path, `a plugin must be an object, not ${kindOf(value)}`);
    return { type: "", capabilities: [], raw: {} };
  }
  const type = reader.text(value, path, "type");
  reader.refuse(
    [...path, "type"],
    type === "" ? `"type" is missing; give the file name of the plugin` : badPluginType(type),
  );
  if (isObject(value.ipam) && typeof value.ipam.type === "string" && value.ipam.type !== "") {
    reader.refuse([...path, "ipam", "type"], badPluginType(value.ipam.type));
  }
  for (const key of Object.keys(value).filter(
    (key) => key === "runtimeConfig" || key === "args" || key.startsWith("cni.dev/"),
  )) {
    const fate = key === "args" ? "passed on" : "dropped";
    reader.warn([...path, key], "conf-reserved", `"${key}" is reserved for the runtime and is ${fate}; remove it`);
  }
  return { type, capabilities: readCapabilities(reader, value, path), raw: value };
}

function readCapabilities(reader: Reader, plugin: JsonObject, path: JsonPath): readonly string[] {
  const value = plugin.capabilities ?? null;
  if (value === null) return [];
  if (!isObject(value)) {
    reader.refuse([...path, "capabilities"], `"capabilities" must be an object, not ${kindOf(value)}`);
    return [];
  }
  for (const [name, on] of Object.entries(value)) {
    if (typeof on !== "boolean")
      reader.refuse([...path, "capabilities", name], `a capability must be true or false, not ${kindOf(on)}`);
  }
  return Object.keys(value).filter((name) => value[name] === true);
}
