/** Plugins of containernetworking-plugins that make routed pod interfaces: bridge and ptp, with host-local addresses. */
import { FAMILIES } from "../core/family.ts";
import type { BarePlugin, BareRecipe, RecipeContext } from "./plugin.ts";
import { podRanges } from "./ranges.ts";

/** The newest version that Debian's 1.1.1 and every later release of these plugins speak. */
export const SPEC_VERSION = "1.0.0";
const ENCAPSULATION = "none (static routes)";

export const bridge = referencePlugin(
  "bridge",
  "a Linux bridge on each node, veth pairs, host-local addresses",
  {
    bridge: "cni0",
    isGateway: true,
    hairpinMode: true,
  },
  { podLimit: { pods: 1023, reason: "a Linux bridge has at most 1023 ports" } },
);

export const ptp = referencePlugin("ptp", "a routed veth pair for each pod, host-local addresses", {});

function referencePlugin(
  name: string,
  summary: string,
  options: Readonly<Record<string, unknown>>,
  limits: Pick<BareRecipe, "podLimit"> = {},
): BarePlugin {
  const config = (context: RecipeContext): string => {
    const ranges = podRanges(context);
    const ipam = {
      type: "host-local",
      ranges: ranges.map(({ node }) => [{ subnet: node }]),
      routes: ranges.map(({ any }) => ({ dst: any })),
    };
    const plugin = { type: name, ...options, ipMasq: false, mtu: context.underlayMtu, ipam };
    return JSON.stringify({ cniVersion: SPEC_VERSION, name, plugins: [plugin] });
  };
  const needs = { tools: [], linkTypes: [], families: FAMILIES, ...limits } as const;
  return {
    name,
    summary,
    encapsulation: ENCAPSULATION,
    bare: { binaries: [name, "host-local"], ...needs, specVersion: SPEC_VERSION, config, files: () => [] },
  };
}
