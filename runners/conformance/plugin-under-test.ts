/** What is under test, in one version of the specification. */
import { isObject } from "../../cni/json.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import type { PluginKind } from "./clause.ts";
import type { Capability } from "./capability-args.ts";

export interface PluginUnderTest {
  readonly name: string;
  readonly list: NetworkConfigList;
  readonly kinds: readonly PluginKind[];
  /** CNI_IFNAME of a container's first interface. */
  readonly ifName: string;
  /** Index of the plugin that gets wrong input; correct operations run the whole list. */
  readonly target: number;
  /** Where the plugins are, on the node. */
  readonly pluginPath: readonly string[];
  /** Paths of the executables, in the order of the list. */
  readonly executables: readonly string[];
  /** Seconds for one execution of a plugin. */
  readonly operationLimit: number;
  /** sh script that makes the node ready for the plugin: a master link, a daemon. */
  readonly prepare?: string;
  /** One container at a time, for the configuration names a device: `prepare` makes it again for each. */
  readonly exclusive: boolean;
  /** Whether the plugin also works with no IPAM plugin configured. */
  readonly layer2: boolean;
  /** Whether the plugin puts the gateway of an address on the node. */
  readonly gateway: boolean;
  /** Whether the configuration makes a chained plugin change something. */
  readonly changes: boolean;
  /** What every container asks of the plugins that claim it. */
  readonly offeredCapabilities: readonly Capability[];
  /** sh script that ends the daemon which the plugin needs. */
  readonly stopDaemon?: string;
  /** What an IPAM plugin is told besides ranges: `routes`, `dns`; `request`: a wanted address; `fixed`: each container's address. */
  readonly configured: readonly string[];
}

/** Seconds for one execution of a plugin that has no profile. */
export const DEFAULT_OPERATION_LIMIT_S = 30;

/** A chained plugin whose configuration asks for nothing: it needs neither link nor namespace. */
export function doesNothing({ kinds, changes }: PluginUnderTest): boolean {
  return kinds.includes("chained") && !changes;
}

/** Kinds of a plugin that nobody described: the first of a list makes interfaces; one that names an IPAM plugin delegates. */
export function guessKinds(list: NetworkConfigList, target: number): readonly PluginKind[] {
  const ipam = list.plugins[target]?.raw.ipam;
  const delegates = isObject(ipam) && typeof ipam.type === "string" && ipam.type !== "";
  if (delegates && ipam.type === list.plugins[target]?.type) return ["ipam"];
  return [target === 0 ? "interface" : "chained", ...(delegates ? ["delegating" as const] : [])];
}
