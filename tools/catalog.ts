/** Lists the tools that cnibench uses but does not ship: purpose, packages and how to query the version. */
import { arch } from "node:os";

/** How to start a command from an unpacked package, without configuration scripts or alternatives. */
export interface CommandLaunch {
  /** Base name (searched in the bin and sbin directories of the package), or a path inside the package. */
  readonly file: string;
  readonly args?: readonly string[];
  /** Environment variables set to directories of the package; one `*` matches any name (the architecture). */
  readonly dirVariables?: Readonly<Record<string, string>>;
}

/** A tool in the catalog. */
export interface Tool {
  readonly purpose: string;
  /** Installed if this command is in the search path, or if all these CNI plugins are in one directory. */
  readonly probe: { readonly command: string } | { readonly cniPlugins: readonly string[] };
  /** Commands that a fetched copy provides. */
  readonly commands: Readonly<Record<string, CommandLaunch>>;
  /** Package names, the same on Debian and Ubuntu. */
  readonly packages: readonly string[];
  /** Archive components to search in addition to those enabled on the system. */
  readonly components: { readonly debian: readonly string[]; readonly ubuntu: readonly string[] };
  readonly version: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** Why the Ubuntu package is unusable, with the next step. */
  readonly unavailableOnUbuntu?: string;
}

/** The plugins in the package of the reference CNI plugins. */
export const REFERENCE_PLUGINS: readonly string[] = [
  ...["bandwidth", "bridge", "dhcp", "firewall", "host-device", "host-local", "ipvlan", "loopback", "macvlan"],
  ...["portmap", "ptp", "sbr", "static", "tuning", "vlan", "vrf"],
];

/** Command and package of QEMU for the processor of this machine. */
const QEMU =
  arch() === "arm64"
    ? { command: "qemu-system-aarch64", package: "qemu-system-arm" }
    : { command: "qemu-system-x86_64", package: "qemu-system-x86" };

const MAIN_COMPONENTS = { debian: [], ubuntu: [] } as const;
const UNIVERSE_COMPONENTS = { debian: [], ubuntu: ["universe"] } as const;
/** Debian moved netperf from non-free to main with release 13. */
const NETPERF_COMPONENTS = { debian: ["non-free"], ubuntu: ["universe", "multiverse"] } as const;
const NETPERF_VERSION = { args: ["-V"], pattern: /version (\d\S*)/ } as const;

const XTABLES_DIRS = { XTABLES_LIBDIR: "usr/lib/*/xtables" } as const;
const xtablesLaunch = (name: string): CommandLaunch => ({
  file: "xtables-nft-multi",
  args: [name],
  dirVariables: XTABLES_DIRS,
});

export const TOOLS = {
  iperf3: {
    purpose: "throughput loads",
    probe: { command: "iperf3" },
    commands: { iperf3: { file: "iperf3" } },
    packages: ["iperf3"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^iperf (\d\S*)/m },
  },
  netperf: {
    purpose: "request/response latency",
    probe: { command: "netperf" },
    commands: { netperf: { file: "netperf" }, netserver: { file: "netserver" } },
    packages: ["netperf"],
    components: NETPERF_COMPONENTS,
    version: NETPERF_VERSION,
  },
  netserver: {
    purpose: "server of netperf",
    probe: { command: "netserver" },
    commands: { netperf: { file: "netperf" }, netserver: { file: "netserver" } },
    packages: ["netperf"],
    components: NETPERF_COMPONENTS,
    version: NETPERF_VERSION,
  },
  jq: {
    purpose: "configuration parsing in the simplecni plugin",
    probe: { command: "jq" },
    commands: { jq: { file: "jq" } },
    packages: ["jq"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^jq-(\d\S*)/m },
  },
  iptables: {
    purpose: "masquerading and port mappings of CNI plugins",
    probe: { command: "iptables" },
    commands: {
      iptables: xtablesLaunch("iptables"),
      "iptables-save": xtablesLaunch("iptables-save"),
      "iptables-restore": xtablesLaunch("iptables-restore"),
      ip6tables: xtablesLaunch("ip6tables"),
      "ip6tables-save": xtablesLaunch("ip6tables-save"),
      "ip6tables-restore": xtablesLaunch("ip6tables-restore"),
    },
    packages: ["iptables"],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /^iptables v(\d\S*)/m },
  },
  ip: {
    purpose: "interfaces, addresses and routes of nodes and pods",
    probe: { command: "ip" },
    commands: { ip: { file: "ip" } },
    packages: ["iproute2"],
    components: MAIN_COMPONENTS,
    version: { args: ["-V"], pattern: /iproute2-(?:ss)?([^\s,]+)/ },
  },
  ping: {
    purpose: "first reply of a pod, effective MTU of a path",
    probe: { command: "ping" },
    commands: { ping: { file: "ping" } },
    packages: ["iputils-ping"],
    components: MAIN_COMPONENTS,
    version: { args: ["-V"], pattern: /iputils[ -](?:s)?(\d\S*)/ },
  },
  nft: {
    purpose: "CNI plugins with an nftables backend, and listing rules",
    probe: { command: "nft" },
    commands: { nft: { file: "nft" } },
    packages: ["nftables"],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /^nftables v(\d\S*)/m },
  },
  "cni-plugins": {
    purpose: "the reference CNI plugins: bridge, ptp, host-local, loopback and more",
    probe: { cniPlugins: ["bridge", "ptp", "host-local", "loopback"] },
    commands: {},
    packages: ["containernetworking-plugins"],
    components: UNIVERSE_COMPONENTS,
    version: { args: [], pattern: /^CNI \S+ plugin (?:version )?v(\d\S*)/m },
  },
  etcd: {
    purpose: "lease store of flannel without Kubernetes",
    probe: { command: "etcd" },
    commands: { etcd: { file: "etcd" } },
    packages: ["etcd-server"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^etcd Version: (\d\S*)/m },
  },
  etcdctl: {
    purpose: "writing the configuration of flannel to etcd",
    probe: { command: "etcdctl" },
    commands: { etcdctl: { file: "etcdctl" } },
    packages: ["etcd-client"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["version"], pattern: /^etcdctl version: (\d\S*)/m },
  },
  qemu: {
    purpose: "virtual machine nodes",
    probe: { command: QEMU.command },
    commands: { [QEMU.command]: { file: QEMU.command } },
    packages: [QEMU.package],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /version (\d\S*)/ },
  },
  ssh: {
    purpose: "access to virtual machine nodes",
    probe: { command: "ssh" },
    commands: { ssh: { file: "ssh" }, "ssh-keygen": { file: "ssh-keygen" } },
    packages: ["openssh-client"],
    components: MAIN_COMPONENTS,
    version: { args: ["-V"], pattern: /OpenSSH_(\S+?),?\s/ },
  },
  mmdebstrap: {
    purpose: "building the image of virtual machine nodes",
    probe: { command: "mmdebstrap" },
    commands: { mmdebstrap: { file: "mmdebstrap", dirVariables: { PERL5LIB: "usr/share/perl5" } } },
    packages: ["mmdebstrap"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^mmdebstrap (\d\S*)/m },
  },
  chromium: {
    purpose: "browser for the report tests of cnibench",
    probe: { command: "chromium" },
    // The launcher of the package in usr/bin contains absolute paths.
    commands: { chromium: { file: "usr/lib/chromium/chromium", dirVariables: { FONTCONFIG_PATH: "etc/fonts" } } },
    packages: ["chromium"],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /Chromium (\d\S*)/ },
    unavailableOnUbuntu: "chromium is only available as a snap on Ubuntu: run `sudo snap install chromium`",
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** Returns the entry of a tool, widened to the common type. */
export function toolOf(name: ToolName): Tool {
  return TOOLS[name];
}

/** Returns the command that installs these tools on Debian or Ubuntu. */
export function installCommand(names: readonly ToolName[]): string {
  const packages = new Set(names.flatMap((name) => toolOf(name).packages));
  return `sudo apt-get install ${[...packages].join(" ")}`;
}

/** Returns why tools cannot be fetched on this distribution, with the next steps; an empty list if all can. */
export function unavailableReasons(names: readonly ToolName[], family: "debian" | "ubuntu"): string[] {
  return family === "ubuntu" ? names.flatMap((name) => toolOf(name).unavailableOnUbuntu ?? []) : [];
}
