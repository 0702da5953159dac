/** The tools that cnibench drives but does not ship, as data: what each is for, where it comes from, how it tells its version. */
import { arch } from "node:os";

/** How a command is started out of an unpacked package, where nothing was configured and no alternative was set. */
export interface CommandLaunch {
  /** Base name (searched in the package's bin and sbin folders), or a path inside the package. */
  readonly file: string;
  readonly args?: readonly string[];
  /** Variables that name folders inside the package; one `*` stands for any folder name (the architecture's). */
  readonly dirVariables?: Readonly<Record<string, string>>;
}

export interface Tool {
  readonly purpose: string;
  /** It is here when this command is in the search path, or when all these CNI plugins are in one folder. */
  readonly probe: { readonly command: string } | { readonly cniPlugins: readonly string[] };
  /** Commands that a fetched copy offers. */
  readonly commands: Readonly<Record<string, CommandLaunch>>;
  /** Names are the same on Debian and Ubuntu. */
  readonly packages: readonly string[];
  /** Archive components that are searched besides those the system has switched on. */
  readonly components: { readonly debian: readonly string[]; readonly ubuntu: readonly string[] };
  readonly version: { readonly args: readonly string[]; readonly pattern: RegExp };
  /** Why its package is of no use on Ubuntu, with the next step. */
  readonly unavailableOnUbuntu?: string;
}

/** QEMU for this machine's own processor: its program and package. */
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
    purpose: "the far end of netperf",
    probe: { command: "netserver" },
    commands: { netperf: { file: "netperf" }, netserver: { file: "netserver" } },
    packages: ["netperf"],
    components: NETPERF_COMPONENTS,
    version: NETPERF_VERSION,
  },
  jq: {
    purpose: "the simplecni plugin reads its configuration with it",
    probe: { command: "jq" },
    commands: { jq: { file: "jq" } },
    packages: ["jq"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^jq-(\d\S*)/m },
  },
  iptables: {
    purpose: "CNI plugins set masquerading and port mappings with it",
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
    purpose: "first answered packet of a pod, effective MTU of a path",
    probe: { command: "ping" },
    commands: { ping: { file: "ping" } },
    packages: ["iputils-ping"],
    components: MAIN_COMPONENTS,
    version: { args: ["-V"], pattern: /iputils[ -](?:s)?(\d\S*)/ },
  },
  nft: {
    purpose: "CNI plugins with an nftables back end, and showing rules",
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
    purpose: "flannel keeps its leases in it where there is no Kubernetes",
    probe: { command: "etcd" },
    commands: { etcd: { file: "etcd" } },
    packages: ["etcd-server"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^etcd Version: (\d\S*)/m },
  },
  etcdctl: {
    purpose: "writes flannel's configuration into etcd",
    probe: { command: "etcdctl" },
    commands: { etcdctl: { file: "etcdctl" } },
    packages: ["etcd-client"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["version"], pattern: /^etcdctl version: (\d\S*)/m },
  },
  qemu: {
    purpose: "nodes that are virtual machines",
    probe: { command: QEMU.command },
    commands: { [QEMU.command]: { file: QEMU.command } },
    packages: [QEMU.package],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /version (\d\S*)/ },
  },
  ssh: {
    purpose: "the way into nodes that are virtual machines",
    probe: { command: "ssh" },
    commands: { ssh: { file: "ssh" }, "ssh-keygen": { file: "ssh-keygen" } },
    packages: ["openssh-client"],
    components: MAIN_COMPONENTS,
    version: { args: ["-V"], pattern: /OpenSSH_(\S+?),?\s/ },
  },
  mmdebstrap: {
    purpose: "builds the image of nodes that are virtual machines",
    probe: { command: "mmdebstrap" },
    commands: { mmdebstrap: { file: "mmdebstrap", dirVariables: { PERL5LIB: "usr/share/perl5" } } },
    packages: ["mmdebstrap"],
    components: UNIVERSE_COMPONENTS,
    version: { args: ["--version"], pattern: /^mmdebstrap (\d\S*)/m },
  },
  chromium: {
    purpose: "cnibench's own tests open reports in it",
    probe: { command: "chromium" },
    // The package's own launcher in usr/bin holds absolute paths.
    commands: { chromium: { file: "usr/lib/chromium/chromium", dirVariables: { FONTCONFIG_PATH: "etc/fonts" } } },
    packages: ["chromium"],
    components: MAIN_COMPONENTS,
    version: { args: ["--version"], pattern: /Chromium (\d\S*)/ },
    unavailableOnUbuntu: "chromium is only a snap on Ubuntu: run `sudo snap install chromium`",
  },
} as const satisfies Record<string, Tool>;

export type ToolName = keyof typeof TOOLS;

/** The catalogue's entry, widened to the common type. */
export function toolOf(name: ToolName): Tool {
  return TOOLS[name];
}

/** What a person would type to install these tools on Debian or Ubuntu. */
export function installCommand(names: readonly ToolName[]): string {
  const packages = new Set(names.flatMap((name) => toolOf(name).packages));
  return `sudo apt-get install ${[...packages].join(" ")}`;
}

/** Why these tools cannot be fetched on this family, each with the next step; empty when all can. */
export function unavailableReasons(names: readonly ToolName[], family: "debian" | "ubuntu"): string[] {
  return family === "ubuntu" ? names.flatMap((name) => toolOf(name).unavailableOnUbuntu ?? []) : [];
}
