/** Defines the types of the CNI specification that the runtime uses. */
import type { Warning } from "../core/warning-codes.ts";
import type { Output } from "../core/shell.ts";
import type { JsonObject } from "./lossless-json.ts";
import type { SpecVersion } from "./spec-versions.ts";

export type Operation = "ADD" | "DEL" | "CHECK" | "GC" | "STATUS" | "VERSION";

/** A plugin of a network. */
export interface PluginConfig {
  readonly type: string;
  /** Names of the capabilities set to true. */
  readonly capabilities: readonly string[];
  /** The object as written, including unknown keys. */
  readonly raw: JsonObject;
}

/** A network: a list of plugins that run in sequence. */
export interface NetworkConfigList {
  readonly name: string;
  /** The version of all requests of this list. */
  readonly cniVersion: SpecVersion;
  /** All released versions that the list supports. */
  readonly cniVersions: readonly SpecVersion[];
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  readonly plugins: readonly PluginConfig[];
  readonly warnings: readonly Warning[];
  /** The complete list as JSON, which is stored with an attachment. */
  readonly text: string;
}

/** The identity of an attachment (specification 1.1, section 3). */
export interface AttachmentRef {
  readonly containerID: string;
  readonly ifName: string;
}

/** The connection of a container to a network. */
export interface Attachment extends AttachmentRef {
  /** Path of the network namespace, as seen by the plugins; empty if it was deleted or is unknown. */
  readonly netns: string;
  /** Arguments for CNI_ARGS, in this order. */
  readonly args?: readonly (readonly [key: string, value: string])[];
  /** Arguments for plugins that declare the capability. */
  readonly capabilityArgs?: JsonObject;
}

/** An attachment as added: all inputs that CHECK and DEL must repeat. */
export interface CachedAttachment {
  readonly network: string;
  /** {@link NetworkConfigList.text} of the list at the time of ADD. */
  readonly config: string;
  readonly attachment: Attachment;
  /** The final result of ADD as printed by the last plugin. */
  readonly result: JsonObject;
}

/** A plugin execution, as evidence and to repeat it by hand. */
export interface Invocation {
  /** `type` of the plugin. */
  readonly plugin: string;
  /** Path of the executable on the node. */
  readonly path: string;
  readonly command: string;
  /** The complete standard input. */
  readonly request: string;
  /** Changes to the environment of the node; undefined removes a variable. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Output and exit status. `output.duration` is the run time of the process. */
  readonly output: Output;
}

/** The outcome of a successful ADD. */
export interface AddOutcome {
  /** The final result, converted to the latest version. */
  readonly result: CniResult;
  /** The final result as printed by the last plugin. */
  readonly raw: JsonObject;
  readonly invocations: readonly Invocation[];
  readonly warnings: readonly Warning[];
}

/** A result of ADD in version 1.1.0 (section 5). Missing lists are empty. */
export interface CniResult {
  readonly cniVersion: SpecVersion;
  readonly interfaces: readonly CniInterface[];
  readonly ips: readonly CniIp[];
  readonly routes: readonly CniRoute[];
  readonly dns: CniDns;
}

export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  /** Bytes. */
  readonly mtu?: number;
  /** Absent: the interface belongs to the node. */
  readonly sandbox?: string;
  readonly socketPath?: string;
  readonly pciID?: string;
}

export interface CniIp {
  /** With prefix length. */
  readonly address: string;
  readonly gateway?: string;
  /** Index into `interfaces`. */
  readonly interface?: number;
}

export interface CniRoute {
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

export interface CniDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}
