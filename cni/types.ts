/** The nouns of the CNI specification as the runtime uses them. */
import type { Warning } from "../core/model.ts";
import type { Output } from "../core/shell.ts";
import type { JsonObject } from "./json.ts";
import type { SpecVersion } from "./version.ts";

export type Operation = "ADD" | "DEL" | "CHECK" | "GC" | "STATUS" | "VERSION";

/** One plugin of a network. */
export interface PluginConfig {
  readonly type: string;
  /** Names of the capabilities that are set to true. */
  readonly capabilities: readonly string[];
  /** The object as it was written, unknown keys included. */
  readonly raw: JsonObject;
}

/** A network: plugins that run one after the other. */
export interface NetworkConfigList {
  readonly name: string;
  /** The version that every request of this list is made with. */
  readonly cniVersion: SpecVersion;
  /** All released versions that the list says it can be spoken with. */
  readonly cniVersions: readonly SpecVersion[];
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  readonly plugins: readonly PluginConfig[];
  readonly warnings: readonly Warning[];
  /** The whole list as one JSON text: what is stored with an attachment. */
  readonly text: string;
}

/** What identifies an attachment (specification 1.1, section 3). */
export interface AttachmentRef {
  readonly containerID: string;
  readonly ifName: string;
}

/** One container's connection to one network. */
export interface Attachment extends AttachmentRef {
  /** Path of the network namespace, as the plugins see it; empty when it is gone or unknown. */
  readonly netns: string;
  /** For CNI_ARGS, in this order. */
  readonly args?: readonly (readonly [key: string, value: string])[];
  /** Offered to the plugins that declare the capability. */
  readonly capabilityArgs?: JsonObject;
}

/** An attachment as it was added: everything that CHECK and DEL must repeat. */
export interface CachedAttachment {
  readonly network: string;
  /** {@link NetworkConfigList.text} of the list that was added. */
  readonly config: string;
  readonly attachment: Attachment;
  /** The final result of ADD, as the last plugin printed it. */
  readonly result: JsonObject;
}

/** One execution of one plugin, for evidence and for repeating it by hand. */
export interface Invocation {
  /** `type` of the plugin. */
  readonly plugin: string;
  /** Path of its executable, on the node. */
  readonly path: string;
  readonly command: string;
  /** The whole standard input. */
  readonly request: string;
  /** Changes to the node's environment; undefined = removed. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How it ended; `output.duration` is the time of the process alone. */
  readonly output: Output;
}

export interface AddOutcome {
  /** The final result in the shape of the latest version, whatever the plugins spoke. */
  readonly result: CniResult;
  /** The final result as the last plugin printed it. */
  readonly raw: JsonObject;
  readonly invocations: readonly Invocation[];
  readonly warnings: readonly Warning[];
}

/** A result of ADD in the shape of version 1.1.0 (section 5). Absent lists are empty. */
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
  /** Absent: the interface is the node's. */
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
