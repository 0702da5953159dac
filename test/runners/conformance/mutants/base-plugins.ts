/** The correct plugins, with the networks that they are tested in. */
import { parseNetworkConfig } from "../../../../cni/conf.ts";
import type { SpecVersion } from "../../../../cni/version.ts";
import { guessProfile, type Profile } from "../../../../runners/conformance/profile.ts";
import type { NetworkConfigList } from "../../../../cni/types.ts";
import { ChainedPlugin } from "./chained-plugin.ts";
import { InterfacePlugin } from "./interface-plugin.ts";
import { IpamPlugin } from "./ipam-plugin.ts";
import { CapabilityPlugin } from "./capability-plugin.ts";

export const BASE_PLUGINS = { RI: InterfacePlugin, RP: IpamPlugin, RC: ChainedPlugin, RO: CapabilityPlugin } as const;
export type BasePlugin = keyof typeof BASE_PLUGINS;

const ROUTES = [{ dst: "0.0.0.0/0" }];
const RI = {
  type: "ri",
  capabilities: { mac: true },
  bridge: "ri0",
  ipam: { type: "rp", subnet: "10.99.0.0/24", routes: ROUTES },
};
const RP = { type: "rp", ipam: { type: "rp", subnet: "10.97.0.0/24", routes: ROUTES } };
const RC = { type: "rc", capabilities: { mac: true } };
const RO = { type: "ro", capabilities: { portMappings: true, bandwidth: true } };

const PLUGINS: Readonly<Record<BasePlugin, readonly object[]>> = { RI: [RI], RP: [RP], RC: [RI, RC], RO: [RI, RO] };
const PROFILE_FACTS: Readonly<Record<BasePlugin, Partial<Profile>>> = {
  RI: { layer2: true, gateway: true },
  RP: { configured: ["routes", "dns", "request"] },
  RC: {},
  RO: { offeredCapabilities: ["portMappings", "bandwidth"], changes: true, variants: [] },
};

/** What a machine may lack that a base is made with: an sh script that fails then. */
export const LAB_REQUIREMENTS: Readonly<
  Partial<Record<BasePlugin, { readonly what: string; readonly probe: string }>>
> = {
  RO: {
    what: "iptables, or a kernel with ifb and tbf",
    probe: `unshare --net sh -ec 'iptables -t nat -S; ip link add ifb9 up type ifb; tc qdisc add dev ifb9 root tbf rate 1mbit burst 4096 latency 25ms'`,
  },
};

/** Where an IPAM section of its own names the daemon that the network needs. */
const DAEMON_PROFILE = { prepare: ": >/run/daemon", stopDaemon: "rm /run/daemon" };

export interface BaseSetup {
  readonly list: NetworkConfigList;
  readonly profile: Profile;
}

/** @param config more keys for the plugin under test: a chained plugin changes something then. */
export function setUpBase(base: BasePlugin, cniVersion: SpecVersion, config: object = {}): BaseSetup {
  const plugins = PLUGINS[base].map((plugin, i, all) => (i === all.length - 1 ? { ...plugin, ...config } : plugin));
  const list = parseNetworkConfig(JSON.stringify({ cniVersion, name: "mutants", plugins }), base);
  const profile = guessProfile(list, plugins.length - 1);
  const daemon = "ipam" in config ? DAEMON_PROFILE : {};
  return {
    list,
    profile: {
      ...profile,
      changes: base === "RC" && Object.keys(config).length > 0,
      ...PROFILE_FACTS[base],
      ...daemon,
    },
  };
}
