/**
 * The recipe of the VM node image. Its hash identifies the image in the cache, so a changed recipe leads to a new
 * image.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../../core/paths.ts";
import type { Platform } from "./platform.ts";

const SCRIPT_DIR = join(packageRoot(), "clusters/vm");
/** The scripts that build the image. The first is the entry point. */
export const BUILD_SCRIPTS = ["build-image.sh", "pack-image.sh", "initrd-init.sh"].map((name) =>
  join(SCRIPT_DIR, name),
);

/** Tools on the nodes: for plugins, for runners and for users who enter a node. */
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

/** Drivers that a node needs to access its root file system. */
const EARLY_MODULES = ["virtio_pci", "virtio_blk", "ext4"] as const;

/** Everything that determines the content of the image. */
export interface Recipe {
  /** A deb822 sources file. */
  readonly sources: string;
  /** Debian's name for the architecture. */
  readonly architecture: string;
  readonly packages: readonly string[];
  readonly earlyModules: readonly string[];
}

/** Returns the recipe for a platform. @param sources a deb822 sources file */
export function recipeFor({ debian, kernelPackage }: Platform, sources: string): Recipe {
  return { sources, architecture: debian, packages: [kernelPackage, ...PACKAGES], earlyModules: EARLY_MODULES };
}

/** Returns twelve hexadecimal digits. */
export function recipeHash(recipe: Recipe): string {
  const scripts = BUILD_SCRIPTS.map((file) => readFileSync(file, "utf8"));
  return createHash("sha256")
    .update(JSON.stringify([scripts, recipe]))
    .digest("hex")
    .slice(0, 12);
}
