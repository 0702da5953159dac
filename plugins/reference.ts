/** Plugins of containernetworking-plugins that make pod interfaces: bridge and ptp, with host-local addresses. */
import type { Plugin, RecipeContext } from "./plugin.ts";

/** The newest version that Debian's 1.1.1 and every later release of these plugins speak. */
const SPEC_VERSION = "1.0.0";
const ENCAPSULATION = "none (static routes)";

export const bridge = reference("bridge", "a Linux bridge on each node, veth pairs, host-local addresses", {
  bridge: "cni0",
  isGateway: true,
  hairpinMode: true,
});

export const ptp = reference("ptp", "a routed veth pair for each pod, host-local addresses", {});

function reference(name: string, summary: string, options: Readonly<Record<string, unknown>>): Plugin {
  const config = ({ nodeCidr, underlayMtu }: RecipeContext): string => {
    const ipam = { type: "host-local", ranges: [[{ subnet: nodeCidr }]], routes: [{ dst: "0.0.0.0/0" }] };
    const plugin = { type: name, ...options, ipMasq: false, mtu: underlayMtu, ipam };
    return JSON.stringify({ cniVersion: SPEC_VERSION, name, plugins: [plugin] });
  };
  const bare = { binaries: [name, "host-local"], tools: [], specVersion: SPEC_VERSION, config, files: () => [] };
  return { name, summary, encapsulation: ENCAPSULATION, bare };
}
