/** flannel's two programs, built by the ordinary Go client. */
import { renameSync } from "node:fs";
import { join } from "node:path";
import { buildWithGo, goMissing } from "./go.ts";

const DAEMON = "github.com/flannel-io/flannel@v0.26.7";
const PLUGIN = "github.com/containernetworking/plugins/plugins/meta/flannel@v0.9.1";

/** @param bin folder for `flanneld` and `flannel`. @returns why they cannot be had on this machine, and says so; null: they are there */
export async function buildFlannel(bin: string): Promise<string | null> {
  const why = goMissing ? "there is no go" : await build(bin);
  if (why !== null) console.error(`not tried: flannel is not here, because ${why}`);
  return why;
}

/** Both programs are called flannel by their builds. */
async function build(bin: string): Promise<string | null> {
  // A part of it is written in C, and the nodes may have another C library than this machine.
  const lack = await buildWithGo(bin, [DAEMON], "-s -w -extldflags=-static", true);
  if (lack !== null) return lack;
  renameSync(join(bin, "flannel"), join(bin, "flanneld"));
  return buildWithGo(bin, [PLUGIN], "-s -w");
}
