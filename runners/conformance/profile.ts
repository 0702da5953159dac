/** What a black box cannot tell about a plugin: its kind, a configuration, what it is able to do, and known deviations. */
import type { NetworkConfigList } from "../../cni/types.ts";
import type { SpecVersion } from "../../cni/version.ts";
import type { PluginKind } from "./clause.ts";
import type { Capability } from "./capability-args.ts";
import { DEFAULT_OPERATION_LIMIT_S, guessKinds, type PluginUnderTest } from "./plugin-under-test.ts";
import { defaultVariants } from "./default-variants.ts";

/** A deviation that is reported as known: never as passed, and still part of the verdict. */
export interface KnownDeviation {
  readonly clause: string;
  /** Empty: in every version. */
  readonly versions: readonly SpecVersion[];
  readonly reason: string;
}

/** Clauses that say nothing about the plugin. */
export interface Exclusion {
  /** Ids of clauses, `*` stands for any text. */
  readonly clauses: readonly string[];
  readonly reason: string;
}

/** Another configuration of the plugin, for clauses that the first one cannot put to the test. */
export interface Variant {
  readonly name: string;
  readonly list: NetworkConfigList;
  /** Ids of clauses, `*` stands for any text. */
  readonly clauses: readonly string[];
  /** Whether this configuration makes a chained plugin change something. */
  readonly changes?: boolean;
  readonly offeredCapabilities?: readonly Capability[];
  /** Whether plugins configure the firewall for it: a failure on a node without iptables or nft is not the plugin's. */
  readonly needsFirewall?: boolean;
}

export interface Profile extends Pick<
  PluginUnderTest,
  | "kinds"
  | "ifName"
  | "target"
  | "operationLimit"
  | "prepare"
  | "layer2"
  | "gateway"
  | "changes"
  | "configured"
  | "offeredCapabilities"
  | "stopDaemon"
  | "exclusive"
> {
  readonly known: readonly KnownDeviation[];
  readonly variants: readonly Variant[];
  readonly excluded: readonly Exclusion[];
  /** Link types that the kernel must have; without them only what needs no ADD is tested. */
  readonly linkTypes: readonly string[];
  /** Why ADD cannot work in a test node (a server elsewhere ...); absent: it can. */
  readonly protocolOnly?: string;
}

/**
 * For a plugin that nobody described: from its configuration alone.
 * @param target which plugin of the list is under test; the first stands for the list as a whole.
 */
export function guessProfile(list: NetworkConfigList, target = 0, kind?: PluginKind): Profile {
  const guess = guessKinds(list, target);
  const kinds = kind === undefined ? guess : [kind, ...guess.filter((other) => other === "delegating")];
  const facts = {
    ifName: "eth0",
    operationLimit: DEFAULT_OPERATION_LIMIT_S,
    layer2: false,
    gateway: false,
    changes: false,
    configured: [],
    offeredCapabilities: [],
  };
  return {
    ...facts,
    kinds,
    target,
    known: [],
    excluded: [],
    variants: defaultVariants(list, target, kinds),
    linkTypes: [],
    exclusive: false,
  };
}
