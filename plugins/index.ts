/** The registry of built-in plugins, by name. Any other plugin can be measured with `--conf`. */
import { calico, calicoEbpf, calicoIpip } from "./calico.ts";
import { cilium, ciliumKpr, ciliumNative } from "./cilium.ts";
import { flannel, flannelHostGw } from "./flannel.ts";
import { kindnet } from "./kindnet.ts";
import { hostDevice, ipvlan, macvlan, vlan } from "./on-underlay.ts";
import type { Plugin } from "./plugin.ts";
import { bridge, ptp } from "./reference.ts";
import { simplecni } from "./simplecni.ts";
import { bridgeIpip, bridgeWireguard } from "./tunnels.ts";
import { weave } from "./weave.ts";

export const plugins = {
  bridge,
  ptp,
  macvlan,
  ipvlan,
  vlan,
  "host-device": hostDevice,
  "bridge-ipip": bridgeIpip,
  "bridge-wireguard": bridgeWireguard,
  simplecni,
  kindnet,
  flannel,
  "flannel-host-gw": flannelHostGw,
  calico,
  "calico-ipip": calicoIpip,
  "calico-ebpf": calicoEbpf,
  weave,
  cilium,
  "cilium-native": ciliumNative,
  "cilium-kpr": ciliumKpr,
} as const satisfies Record<string, Plugin>;

export { BASELINE } from "./plugin.ts";
export type {
  BarePlugin,
  BareRecipe,
  Daemon,
  DaemonContext,
  Installation,
  KubernetesContext,
  KubernetesRecipe,
  LinkType,
  Plugin,
  RecipeContext,
} from "./plugin.ts";
export { subnetOf } from "./subnet.ts";
