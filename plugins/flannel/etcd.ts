/**
 * Recipe for flannel without Kubernetes: etcd (version 3) on the first node stores the configuration and the leases,
 * and the daemon of each node acquires a lease (flannel's Documentation/running.md and
 * Documentation/configuration.md).
 */
import type { NodeFile } from "../../core/model.ts";
import { prefixOf } from "../../core/ip.ts";
import type { BareRecipe, Daemon, DaemonContext, RecipeContext } from "../plugin.ts";
import { bridge } from "../reference.ts";
import { subnetOf } from "../subnet.ts";

/** The newest specification version in all releases of the CNI plugin since containernetworking/plugins 0.9.1. */
const SPEC_VERSION = "0.4.0";
const CONFIG_KEY = "/coreos.com/network/config";
const SUBNET_FILE = "/run/flannel/subnet.env";
/** Configuration of bridge; flannel adds range and MTU. Masquerading would hide the addresses of pods. */
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
    connect: () => [], // flanneld connects the nodes
  };
}

/**
 * The lease that a daemon requests first, written as if left by an earlier run: daemons that choose a lease at the same
 * time can choose the same one, and then one of them fails.
 */
function preferredLease({ clusterCidr, nodeCidr }: RecipeContext): NodeFile {
  const subnet = `${subnetOf(nodeCidr).firstHost}/${prefixOf(nodeCidr)}`;
  return {
    path: SUBNET_FILE,
    mode: 0o644,
    source: { text: `FLANNEL_NETWORK=${clusterCidr}\nFLANNEL_SUBNET=${subnet}\n` },
  };
}

function endpoint({ firstNode }: DaemonContext): string {
  return `http://${firstNode.ip}:2379`;
}

/** Ready once the configuration is stored, because flanneld retries a missing one only once per second. */
function etcd(backend: "vxlan" | "host-gw"): Daemon {
  const peer = "http://127.0.0.1:2380";
  return {
    name: "etcd",
    on: "first node",
    env: { ETCD_UNSUPPORTED_ARCH: "arm64" }, // etcd 3.4 refuses to run on arm64 without it
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
      const SubnetLen = prefixOf(context.self.podCidr);
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
    "--iptables-forward-rules=false", // nodes already forward everything
  ],
  readinessCommand: () => ["grep", "-q", "^FLANNEL_MTU=", SUBNET_FILE],
};
