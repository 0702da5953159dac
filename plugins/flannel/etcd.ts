/**
 * flannel without Kubernetes: etcd (version 3) on the first node holds its configuration and the leases, and the daemon of each
 * node takes one from it (flannel's Documentation/running.md and Documentation/configuration.md).
 */
import type { BareRecipe, Daemon, DaemonContext, RecipeContext, RecipeFile } from "../plugin.ts";
import { bridge } from "../reference.ts";
import { subnetOf } from "../subnet.ts";

/** The newest version that every release of its CNI plugin speaks, back to 0.9.1 of containernetworking/plugins. */
const SPEC_VERSION = "0.4.0";
const CONFIG_KEY = "/coreos.com/network/config";
const SUBNET_FILE = "/run/flannel/subnet.env";
/** What bridge is told beside the range and the MTU of the lease. Masquerading would hide pods from pods. */
const DELEGATE = { bridge: "cni0", hairpinMode: true, isDefaultGateway: true, ipMasq: false } as const;

export function flannelOnEtcd(backend: "vxlan" | "host-gw"): BareRecipe {
  return {
    binaries: ["flannel", "bridge", "host-local"],
    daemonBinaries: ["flanneld"],
    downloadUrls: {
      flannel: "https://github.com/flannel-io/cni-plugin/releases",
      flanneld: "https://github.com/flannel-io/flannel/releases",
    },
    tools: ["etcd", "etcdctl"],
    linkTypes: backend === "vxlan" ? ["vxlan"] : [],
    families: ["ipv4"],
    ...(bridge.bare.podLimit === undefined ? {} : { podLimit: bridge.bare.podLimit }),
    specVersion: SPEC_VERSION,
    config: () =>
      JSON.stringify({
        cniVersion: SPEC_VERSION,
        name: "flannel",
        plugins: [{ type: "flannel", subnetFile: SUBNET_FILE, delegate: DELEGATE }],
      }),
    files: (context) => [preferredLease(context)],
    daemons: [etcd(backend), FLANNELD],
    nodeFiles: [SUBNET_FILE],
    connect: () => [], // the daemon makes the nodes reach each other's pods
  };
}

/**
 * The lease that a daemon asks for first, as if it had been here before: two that pick one in the same moment may pick the same,
 * and then one of them gives up.
 */
function preferredLease({ clusterCidr, nodeCidr }: RecipeContext): RecipeFile {
  const subnet = `${subnetOf(nodeCidr).firstHost}/${nodeCidr.split("/")[1]}`;
  return { path: SUBNET_FILE, mode: 0o644, text: `FLANNEL_NETWORK=${clusterCidr}\nFLANNEL_SUBNET=${subnet}\n` };
}

function endpoint({ firstNode: first }: DaemonContext): string {
  return `http://${first.ip}:2379`;
}

/** It is ready when it has taken the configuration: the daemons would ask for that only once a second. */
function etcd(backend: "vxlan" | "host-gw"): Daemon {
  const peer = "http://127.0.0.1:2380";
  return {
    name: "etcd",
    on: "first node",
    env: { ETCD_UNSUPPORTED_ARCH: "arm64" }, // version 3.4 refuses to run there unless it is told to
    argv: (context) => [
      ...[
        "etcd",
        "--data-dir=/tmp/etcd",
        `--listen-client-urls=${endpoint(context)}`,
        `--advertise-client-urls=${endpoint(context)}`,
      ],
      ...[`--listen-peer-urls=${peer}`, `--initial-advertise-peer-urls=${peer}`, `--initial-cluster=default=${peer}`],
    ],
    readinessCommand: (context) => {
      const SubnetLen = Number(context.self.podCidr.split("/")[1]);
      const network = { Network: context.clusterCidr, SubnetLen, Backend: { Type: backend } };
      return ["etcdctl", `--endpoints=${endpoint(context)}`, "put", CONFIG_KEY, JSON.stringify(network)];
    },
  };
}

const FLANNELD: Daemon = {
  name: "flanneld",
  on: "every node",
  argv: (context) => [
    ...[
      "/opt/cni/bin/flanneld",
      `--etcd-endpoints=${endpoint(context)}`,
      "--iface=eth0",
      `--public-ip=${context.self.ip}`,
      `--subnet-file=${SUBNET_FILE}`,
    ],
    "--iptables-forward-rules=false", // nodes forward everything already
  ],
  readinessCommand: () => ["grep", "-q", "^FLANNEL_MTU=", SUBNET_FILE],
};
