/** Builds flannel's two binaries with the Go toolchain. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { buildWithGo, goMissing } from "./go.ts";

const DAEMON = "github.com/flannel-io/flannel@v0.26.7";
const PLUGIN = "github.com/containernetworking/plugins/plugins/meta/flannel@v0.9.1";

/**
 * Builds `flanneld` and `flannel`, and prints the reason if that is impossible on this machine.
 * @param bin target directory
 * @returns the reason, or null if both binaries exist
 */
export async function buildFlannel(bin: string): Promise<string | null> {
  const reason = goMissing ? "go not found" : await build(bin);
  if (reason !== null) console.error(`cannot build flannel: ${reason}`);
  return reason;
}

/** Both builds create a binary with the name flannel. */
async function build(bin: string): Promise<string | null> {
  // Static, because a part is written in C, and the C library of the nodes may differ from that of this machine.
  const reason = await buildWithGo(bin, [DAEMON], "-s -w -extldflags=-static", true);
  if (reason !== null) return reason;
  renameSync(join(bin, "flannel"), join(bin, "flanneld"));
  return buildWithGo(bin, [PLUGIN], "-s -w");
}
