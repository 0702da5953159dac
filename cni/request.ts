/** Derives the standard input of a plugin from its configuration (specification 1.1, section 3). */
import type { JsonObject, JsonValue } from "./lossless-json.ts";
import type { AttachmentRef, NetworkConfigList, PluginConfig } from "./types.ts";

/** Keys set by the runtime. Values of these keys in a configuration never reach a plugin. */
const RUNTIME_KEYS = new Set(["cniVersion", "name", "capabilities", "runtimeConfig", "prevResult"]);

/** Parts of a request that do not come from the configuration. */
export interface RequestParts {
  /** For ADD, CHECK and DEL. Reduced to the capabilities that the plugin declares. */
  readonly capabilityArgs?: JsonObject;
  /** Previous result in the version of the list. */
  readonly prevResult?: JsonObject | null;
  /** For GC. */
  readonly validAttachments?: readonly AttachmentRef[];
}

/** Returns the request of one plugin. Keys unknown to the runtime are passed on unchanged. */
export function deriveRequest(list: NetworkConfigList, plugin: PluginConfig, parts: RequestParts = {}): JsonObject {
  const request: Record<string, JsonValue> = { cniVersion: list.cniVersion, name: list.name };
  for (const [key, value] of Object.entries(plugin.raw)) {
    if (RUNTIME_KEYS.has(key) || key.startsWith("cni.dev/")) continue;
    // Not an assignment: a key named __proto__ must stay a key.
    Object.defineProperty(request, key, { value, enumerable: true, configurable: true, writable: true });
  }
  const runtimeConfig = deriveRuntimeConfig(plugin, parts.capabilityArgs ?? {});
  if (runtimeConfig !== null) request.runtimeConfig = runtimeConfig;
  if (parts.prevResult) request.prevResult = parts.prevResult;
  if (parts.validAttachments !== undefined) {
    const valid = parts.validAttachments.map(({ containerID, ifName }) => ({ containerID, ifname: ifName }));
    request["cni.dev/valid-attachments"] = valid;
    // The tag spec-v1.1.0 has this name for the key, and plugins that follow it read only this one.
    request["cni.dev/attachments"] = valid;
  }
  return request;
}

/** Returns the arguments of the capabilities that the plugin declares with `true`, or null if there are none. */
function deriveRuntimeConfig(plugin: PluginConfig, offered: JsonObject): JsonObject | null {
  const wanted = plugin.capabilities.filter((name) => Object.hasOwn(offered, name));
  return wanted.length === 0 ? null : Object.fromEntries(wanted.map((name) => [name, offered[name] ?? null]));
}
