/**
 * Additional configurations that every plugin is tested in, for features that the given configuration may not use.
 * In them, a plugin without the feature changes nothing, and the clauses do not apply.
 */
import type { NetworkConfigList } from "../../cni/index.ts";
import type { Clause } from "../clauses/clause.ts";
import type { PluginKind } from "./plugin-under-test.ts";
import { OFFERABLE_CAPABILITIES, type Capability } from "./capabilities.ts";
import { changePlugins } from "./network-variants.ts";

/** Another configuration of the plugin, for clauses that the first configuration cannot test. */
export interface Variant {
  readonly name: string;
  readonly list: NetworkConfigList;
  /** Reports whether the clause is tested in this configuration too. */
  readonly covers: (clause: Clause) => boolean;
  readonly offeredCapabilities?: readonly Capability[];
  /**
   * Whether plugins configure the firewall for it, and cannot be blamed for a failure on a node without iptables or
   * nft.
   */
  readonly needsFirewall?: boolean;
}

/**
 * For the plugin at `target`: masquerading if it creates interfaces and its configuration does not mention it, and the
 * capabilities that it claims.
 */
export function defaultVariants(
  list: NetworkConfigList,
  target: number,
  kinds: readonly PluginKind[],
): readonly Variant[] {
  const plugin = list.plugins[target];
  const capabilities = OFFERABLE_CAPABILITIES.filter((name) => plugin?.capabilities.includes(name));
  const variants: Variant[] = [];
  if (kinds.includes("interface") && plugin?.raw.ipMasq === undefined) variants.push(masqueradeVariant(list, target));
  if (capabilities.length > 0) variants.push(capabilityVariant(list, capabilities));
  return variants;
}

function masqueradeVariant(list: NetworkConfigList, target: number): Variant {
  return {
    name: "masquerade",
    list: changePlugins(list, (raw) => ({ ...raw, ipMasq: true }), target),
    covers: ({ node = false }) => node,
    needsFirewall: true,
  };
}

function capabilityVariant(list: NetworkConfigList, capabilities: readonly Capability[]): Variant {
  return {
    name: `with ${capabilities.join(" and ")}`,
    list,
    covers: ({ needsChanges = false }) => needsChanges,
    offeredCapabilities: capabilities,
    needsFirewall: capabilities.includes("portMappings"),
  };
}
