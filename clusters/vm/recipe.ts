/** What the image of the nodes is made of. Its hash names the image in the cache: another recipe is another image. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import type { Platform } from "./platform.ts";

const SCRIPT_DIR = join(packageRoot(), "clusters/vm");
/** The scripts that make it, the one to start first. */
export const BUILD_SCRIPTS = ["build-image.sh", "pack-image.sh", "initrd-init.sh"].map((name) =>
  join(SCRIPT_DIR, name),
);

/** Programs of the nodes: what plugins, runners and people who look around need. */
const PACKAGES = [
  ...[
    "bash",
    "busybox-static",
    "conntrack",
    "cpio",
    "ethtool",
    "etcd-client",
    "etcd-server",
    "iperf3",
    "iproute2",
    "ipset",
    "iptables",
    "iputils-ping",
  ],
  ...[
    "containernetworking-plugins",
    "jq",
    "kmod",
    "netperf",
    "nftables",
    "openssh-server",
    "procps",
    "tcpdump",
    "util-linux",
    "wireguard-tools",
  ],
] as const;

/** Drivers that a node needs before it can see its root file system. */
const EARLY_MODULES = ["virtio_pci", "virtio_blk", "ext4"] as const;

export interface Recipe {
  /** A deb822 sources file. */
  readonly sources: string;
  /** Debian's name. */
  readonly architecture: string;
  readonly packages: readonly string[];
  readonly earlyModules: readonly string[];
}

export function recipeFor({ debian, kernelPackage }: Platform, sources: string): Recipe {
  return { sources, architecture: debian, packages: [kernelPackage, ...PACKAGES], earlyModules: EARLY_MODULES };
}

/** Twelve hexadecimal digits. */
export function recipeHash(recipe: Recipe): string {
  const scripts = BUILD_SCRIPTS.map((file) => readFileSync(file, "utf8"));
  return createHash("sha256")
    .update(JSON.stringify([scripts, recipe]))
    .digest("hex")
    .slice(0, 12);
}
