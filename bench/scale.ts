/** A thousand pods on one node: does cnibench's own part of an ADD grow, and what memory does it take? */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseNetworkConfig } from "../cni/conf.ts";
import { CniRuntime } from "../cni/runtime.ts";
import { folderStore } from "../cni/store.ts";
import { localShell } from "../core/local.ts";
import { median, ms, type Bench } from "./bench.ts";

const PODS = 1000;
/** ADDs that are compared, at the start and at the end. */
const SHARE = 100;
const GROWTH_LIMIT = 1.1;
const MEMORY_LIMIT = 200 * 2 ** 20;
const RESULT = '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"0a:00:00:00:00:01","sandbox":"/run/netns/x"}],"ips":[]}';
const NETWORK = parseNetworkConfig('{"cniVersion":"1.0.0","name":"bench","plugins":[{"type":"instant"}]}', "bench");

/**
 * Own part = ADD as a whole, less what ran as the plugin's process: a double that answers at once. The first ADDs of one
 * node and the last ones of another are done in turns, so that the machine's drift meets both.
 */
export async function benchScale(): Promise<Bench> {
  const folder = mkdtempSync(join(tmpdir(), "cnibench-bench-"));
  try {
    const plugin = join(folder, "instant");
    writeFileSync(plugin, `#!/bin/sh\necho '${RESULT}'\n`);
    chmodSync(plugin, 0o755);
    const nodeAt = (name: string): Node => {
      const runtime = new CniRuntime({ shell: localShell(), pluginPath: [folder], store: folderStore(join(folder, name)) });
      return { runtime, pods: 0 };
    };
    const [crowded, empty] = [nodeAt("crowded"), nodeAt("empty")];
    while (crowded.pods < PODS - SHARE) await ownPart(crowded);
    const [firsts, lasts]: [number[], number[]] = [[], []];
    while (crowded.pods < PODS) {
      const add = { first: async () => firsts.push(await ownPart(empty)), last: async () => lasts.push(await ownPart(crowded)) };
      for (const turn of crowded.pods % 2 === 0 ? [add.first, add.last] : [add.last, add.first]) await turn();
    }
    const [first, last] = [median(firsts), median(lasts)];
    const memory = process.resourceUsage().maxRSS * 1024;
    return {
      name: `${PODS} pods on one node`,
      rows: [
        [`own part of an ADD, median of the first ${SHARE}`, ms(first)],
        [`own part of an ADD, median of the last ${SHARE}`, ms(last)],
        ["last / first", (last / first).toFixed(3)],
        ["most memory that this process held", `${(memory / 2 ** 20).toFixed(0)} MiB`],
      ],
      target: `last / first at most ${GROWTH_LIMIT}, memory under ${MEMORY_LIMIT / 2 ** 20} MiB`,
      met: last / first <= GROWTH_LIMIT && memory < MEMORY_LIMIT,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Node {
  readonly runtime: CniRuntime;
  /** How many it has. */
  pods: number;
}

/** Milliseconds of one more ADD that were not spent in the plugin. The pod stays. */
async function ownPart(node: Node): Promise<number> {
  const attachment = { containerID: `pod-${++node.pods}`, netns: "/run/netns/x", ifName: "eth0" };
  const start = performance.now();
  const { invocations } = await node.runtime.add(NETWORK, attachment);
  const total = performance.now() - start;
  return total - invocations.reduce((sum, { output }) => sum + output.duration * 1000, 0);
}
