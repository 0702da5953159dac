/** Recipes for bridge and ptp of containernetworking-plugins: routed pod interfaces with host-local addresses. */
import { FAMILIES } from "../core/model.ts";
import type { BarePlugin, BareRecipe, RecipeContext } from "./plugin.ts";
import { podRanges } from "./ranges.ts";

/** The newest specification version supported by Debian's release 1.1.1 and all later releases of these plugins. */
export const SPEC_VERSION = "1.0.0";
const ENCAPSULATION = "none (static routes)";

export const bridge = referencePlugin(
  "bridge",
  "Linux bridge on each node, veth pairs, host-local addresses",
  {
    bridge: "cni0",
    isGateway: true,
    hairpinMode: true,
  },
  { podLimit: { pods: 1023, reason: "a Linux bridge has at most 1023 ports" } },
);

export const ptp = referencePlugin("ptp", "routed veth pair for each pod, host-local addresses", {});

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
      routes: ranges.map(({ defaultDestination }) => ({ dst: defaultDestination })),
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
