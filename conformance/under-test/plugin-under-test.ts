/** The plugin under test in one version of the specification, with the network that it is tested in. */
import { type CniArgs, isObject, type NetworkConfigList, type PluginConfig } from "../../cni/index.ts";
import type { Capability } from "./capabilities.ts";

/**
 * Kinds of plugins that clauses distinguish: `interface` plugins create CNI_IFNAME, `ipam` plugins are delegated
 * to, `chained` plugins change the work of an earlier plugin, `delegating` plugins call an IPAM plugin (most are
 * interface plugins too).
 */
export const PLUGIN_KINDS = ["interface", "ipam", "chained", "delegating"] as const;
export type PluginKind = (typeof PLUGIN_KINDS)[number];

export interface PluginUnderTest {
  readonly name: string;
  readonly list: NetworkConfigList;
  readonly kinds: readonly PluginKind[];
  /** CNI_IFNAME of the first interface of a container. */
  readonly ifName: string;
  /** Index of the plugin that gets invalid input; valid operations run the entire list. */
  readonly target: number;
  /** Directories of the plugins on the node, for CNI_PATH. */
  readonly pluginPath: readonly string[];
  /** Paths of the executables, in the order of the list. */
  readonly executables: readonly string[];
  /** Seconds that one call of a plugin may take. */
  readonly operationLimit: number;
  /** sh script that runs once, on the node of all test nodes: installs programs, creates keys and configurations. */
  readonly setup?: string;
  /** sh script that prepares each test node for the plugin: creates a master link, starts a daemon. */
  readonly prepare?: string;
  /**
   * The plugin serves one container at a time, such as one for a given device; `prepare` runs again for each
   * container.
   */
  readonly exclusive: boolean;
  /** Whether the plugin also works without an IPAM plugin, and is tested without one too. */
  readonly layer2: boolean;
  /** Whether the plugin configures the gateway address on the node. */
  readonly gateway: boolean;
  /** Changes to the CNI_ARGS that name the pod of a container. */
  readonly cniArgs: CniArgs;
  /** Capabilities that the runtime offers to plugins which claim them, with arguments for every container. */
  readonly offeredCapabilities: readonly Capability[];
  /** sh script that stops the daemon that the plugin needs. */
  readonly stopDaemon?: string;
  /**
   * Keys of an IPAM plugin beyond ranges: `routes`, `dns`; `request`: a container may request an address; `fixed`:
   * the configuration assigns the address.
   */
  readonly configured: readonly string[];
}

/** Keys by which a configuration decides whether the plugin puts the gateway on the node, as for bridge. */
const GATEWAY_KEYS = ["isGateway", "isDefaultGateway"];

/** Whether the configuration of a plugin puts the gateway on the node; null if it does not say. */
export function configuredGateway({ raw }: PluginConfig): boolean | null {
  const values = GATEWAY_KEYS.map((key) => raw[key]).filter((value) => typeof value === "boolean");
  return values.length === 0 ? null : values.includes(true);
}

/** Limit for a call of a plugin without a profile. */
export const DEFAULT_OPERATION_LIMIT_S = 30;

/**
 * Kinds of a plugin without a profile: the first plugin of a list creates interfaces, the others change them; a
 * plugin that names an IPAM plugin delegates to it.
 */
export function guessKinds(list: NetworkConfigList, target: number): readonly PluginKind[] {
  const ipam = list.plugins[target]?.raw.ipam;
  const delegates = isObject(ipam) && typeof ipam.type === "string" && ipam.type !== "";
  if (delegates && ipam.type === list.plugins[target]?.type) return ["ipam"];
  return [target === 0 ? "interface" : "chained", ...(delegates ? ["delegating" as const] : [])];
}
