/**
 * Profiles: facts about a plugin that cannot be observed from outside, such as its kind, a configuration, its
 * features and known deviations.
 */
import type { NetworkConfigList, SpecVersion } from "../../cni/index.ts";
import {
  configuredGateway,
  type PluginKind,
  DEFAULT_OPERATION_LIMIT_S,
  guessKinds,
  type PluginUnderTest,
} from "./plugin-under-test.ts";
import { defaultVariants, type Variant } from "./variants.ts";

/** A deviation that is reported as known. It never counts as passed, and still decides the verdict. */
export interface KnownDeviation {
  readonly clause: string;
  /** Versions with the deviation; empty for all. */
  readonly versions: readonly SpecVersion[];
  readonly reason: string;
}

/** Clauses that do not apply to the plugin. */
export interface Exclusion {
  /** Ids of clauses, `*` matches any characters. */
  readonly clauses: readonly string[];
  readonly reason: string;
}

export interface Profile extends Pick<
  PluginUnderTest,
  | "kinds"
  | "ifName"
  | "target"
  | "operationLimit"
  | "setup"
  | "prepare"
  | "cniArgs"
  | "layer2"
  | "gateway"
  | "configured"
  | "offeredCapabilities"
  | "stopDaemon"
  | "exclusive"
> {
  readonly known: readonly KnownDeviation[];
  readonly variants: readonly Variant[];
  readonly excluded: readonly Exclusion[];
  /** Link types that the kernel must support; otherwise only clauses that need no ADD are tested. */
  readonly linkTypes: readonly string[];
  /** Why ADD cannot succeed on a test node, such as a server that it needs. Default: it can. */
  readonly protocolOnly?: string;
}

/**
 * Derives a profile from the configuration of a plugin.
 * @param target index of the plugin under test; 0 for the entire list
 */
export function guessProfile(list: NetworkConfigList, target = 0, kind?: PluginKind): Profile {
  const guess = guessKinds(list, target);
  const kinds = kind === undefined ? guess : [kind, ...guess.filter((other) => other === "delegating")];
  const plugin = list.plugins[target];
  const facts = {
    ifName: "eth0",
    operationLimit: DEFAULT_OPERATION_LIMIT_S,
    layer2: false,
    gateway: plugin !== undefined && configuredGateway(plugin) === true,
    configured: [],
    offeredCapabilities: [],
    cniArgs: [],
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
