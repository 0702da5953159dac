/** The correct plugins, and the networks in which they are tested. */
import { parseNetworkConfig } from "../../../cni/conf.ts";
import type { SpecVersion } from "../../../cni/spec-versions.ts";
import { guessProfile, type Profile } from "../../../conformance/under-test/profile.ts";
import type { NetworkConfigList } from "../../../cni/types.ts";
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
const RP = { type: "rp", capabilities: { ips: true }, ipam: { type: "rp", subnet: "10.97.0.0/24", routes: ROUTES } };
const RC = { type: "rc", capabilities: { mac: true } };
const RO = { type: "ro", capabilities: { portMappings: true, bandwidth: true } };

const PLUGINS: Readonly<Record<BasePlugin, readonly object[]>> = { RI: [RI], RP: [RP], RC: [RI, RC], RO: [RI, RO] };
const PROFILE_FACTS: Readonly<Record<BasePlugin, Partial<Profile>>> = {
  RI: { layer2: true, gateway: true },
  RP: { configured: ["routes", "dns", "request"] },
  RC: {},
  RO: { offeredCapabilities: ["portMappings", "bandwidth"], variants: [] },
};

/** Tools and kernel features that a plugin requires, with an sh script that fails if they are missing. */
interface LabRequirement {
  readonly description: string;
  readonly probe: string;
}

export const LAB_REQUIREMENTS: Readonly<Partial<Record<BasePlugin, LabRequirement>>> = {
  RO: {
    description: "iptables, or a kernel with ifb and tbf",
    probe: `unshare --net sh -ec 'iptables -t nat -S
ip link add ifb9 up type ifb
tc qdisc add dev ifb9 root tbf rate 1mbit burst 4096 latency 25ms'`,
  },
};

/** For a configuration with its own ipam section, which names a daemon that the network requires. */
const DAEMON_PROFILE = { prepare: ": >/run/daemon", stopDaemon: "rm /run/daemon" };

export interface BaseSetup {
  readonly list: NetworkConfigList;
  readonly profile: Profile;
}

/** @param config additional keys for the plugin under test */
export function setUpBase(base: BasePlugin, cniVersion: SpecVersion, config: object = {}): BaseSetup {
  const plugins = PLUGINS[base].map((plugin, i, all) => (i === all.length - 1 ? { ...plugin, ...config } : plugin));
  const list = parseNetworkConfig(JSON.stringify({ cniVersion, name: "mutants", plugins }), base);
  const profile = guessProfile(list, plugins.length - 1);
  const daemon = "ipam" in config ? DAEMON_PROFILE : {};
  const gateway = "isGateway" in config ? { gateway: profile.gateway } : {};
  return {
    list,
    profile: {
      ...profile,
      ...PROFILE_FACTS[base],
      ...daemon,
      ...gateway,
    },
  };
}
