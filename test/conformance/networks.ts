/** Networks of the reference plugins with features that their simplest configuration does not use. */
import { parseNetworkConfig } from "../../cni/conf.ts";
import { guessProfile } from "../../conformance/under-test/profile.ts";
import type { PluginUnderTest } from "../../conformance/under-test/plugin-under-test.ts";
import { BIN } from "./lab.ts";

const IPAM = { type: "host-local", subnet: "10.99.0.0/24", routes: [{ dst: "0.0.0.0/0" }] };
const DUAL_STACK = {
  type: "host-local",
  ranges: [[{ subnet: "10.99.0.0/24" }], [{ subnet: "fd00:99::/64" }]],
  routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
};
const IPV6 = { type: "host-local", ranges: [[{ subnet: "fd00:99::/64" }]], routes: [{ dst: "::/0" }] };
const BRIDGE = { type: "bridge", bridge: "cbr0", isGateway: true, ipam: IPAM };

interface Network {
  readonly plugins: readonly object[];
  readonly more?: Partial<PluginUnderTest>;
}

const NETWORKS = {
  bridge: { plugins: [{ ...BRIDGE, capabilities: { mac: true, ips: true } }], more: { gateway: true } },
  "dual-stack": { plugins: [{ ...BRIDGE, ipam: DUAL_STACK }], more: { gateway: true } },
  ipv6: { plugins: [{ ...BRIDGE, ipam: IPV6 }], more: { gateway: true } },
  dns: { plugins: [{ ...BRIDGE, capabilities: { dns: true } }] },
  masquerade: { plugins: [{ ...BRIDGE, ipMasq: true }], more: { gateway: true } },
  ptp: { plugins: [{ type: "ptp", ipMasq: true, ipam: IPAM }], more: { gateway: true } },
  macvlan: { plugins: [{ type: "macvlan", master: "eth0", ipam: IPAM }] },
  "host-device": {
    plugins: [{ type: "host-device", device: "hd0", capabilities: { deviceID: true } }],
    more: { prepare: "ip link add hd0 type veth peer name hd1" },
  },
  simplecni: { plugins: [{ type: "simplecni", bridge: "scni0", subnet: "10.244.0.0/16" }], more: { gateway: true } },
  "host-local": { plugins: [{ type: "host-local", capabilities: { ipRanges: true }, ipam: IPAM }] },
  portmap: {
    plugins: [BRIDGE, { type: "portmap", capabilities: { portMappings: true } }],
    more: { offeredCapabilities: ["portMappings"] },
  },
  bandwidth: {
    plugins: [BRIDGE, { type: "bandwidth", capabilities: { bandwidth: true } }],
    more: { offeredCapabilities: ["bandwidth"] },
  },
  firewall: { plugins: [BRIDGE, { type: "firewall" }] },
  tuning: { plugins: [BRIDGE, { type: "tuning", capabilities: { mac: true } }] },
  tuned: { plugins: [BRIDGE, { type: "tuning", mtu: 1400, promisc: true, sysctl: { "net.core.somaxconn": "500" } }] },
  sbr: { plugins: [BRIDGE, { type: "sbr" }] },
} as const satisfies Readonly<Record<string, Network>>;

export type NetworkName = keyof typeof NETWORKS;

/** The plugin under test is the last of the network. */
export function targetOf(name: NetworkName): string {
  return NETWORKS[name].plugins.at(-1)?.type ?? "";
}

/** @param binary file to run instead of the plugin under test */
export function networkOf(name: NetworkName, cniVersion: string, binary = `${BIN}/${targetOf(name)}`): PluginUnderTest {
  const { plugins, more = {} }: Network = NETWORKS[name];
  const list = parseNetworkConfig(JSON.stringify({ cniVersion, name: "testnet", plugins }), name);
  const executables = [...list.plugins.slice(0, -1).map(({ type }) => `${BIN}/${type}`), binary];
  return {
    ...guessProfile(list, plugins.length - 1, name === "host-local" ? "ipam" : undefined),
    name,
    list,
    pluginPath: [BIN],
    executables,
    ...more,
  };
}
