/** Measures the overhead of one ADD: the time outside the plugin process, compared with a bare spawn by Node. */
import { spawn } from "node:child_process";
import { chmodSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CniRuntime, folderStore } from "../cni/index.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import type { Host } from "../core/host.ts";
import { run } from "../core/shell.ts";
import { median } from "../results/index.ts";
import { formatMs, targetResult, timeEach, type Benchmark } from "./benchmark.ts";
import { ADD_RESULT, INSTANT_NETWORK } from "./instant-plugin.ts";
import { createLab } from "./lab.ts";

const CALLS = 300;
const MAX_OVERHEAD_MS = 2;

export async function benchAddOverhead(host: Host): Promise<Benchmark> {
  const dir = makeTempDir(host, "bench");
  const plugin = join(dir, "instant");
  writeFileSync(plugin, `#!/bin/sh\necho '${ADD_RESULT}'\n`);
  chmodSync(plugin, 0o755);
  const cluster = await createLab(host, 1);
  try {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error("the lab has no nodes");
    await cluster.putFiles(node, [{ path: "/opt/cni/bin/instant", mode: 0o755, source: { file: plugin } }]);
    const store = folderStore(join(dir, "state"));
    const runtime = new CniRuntime({ shell: node.shell, pluginPath: ["/opt/cni/bin"], store });
    let id = 0;
    const adds: number[] = [];
    const spawns: number[] = [];
    // Interleaved, so that the drift of the machine affects both.
    for (let round = 0; round < 3; round++) {
      adds.push(
        ...(await timeEach(CALLS / 3, () =>
          runtime.add(INSTANT_NETWORK, { containerID: `c${++id}`, netns: "/run/netns/x", ifName: "eth0" }),
        )),
      );
      spawns.push(...(await timeEach(CALLS / 3, () => bareSpawn(host, plugin, INSTANT_NETWORK.text))));
    }
    const alone = await processTime(host, plugin, dir);
    const overhead = median(adds) - alone;
    return {
      name: "overhead of one ADD",
      rows: [
        [`ADD through the runtime and the node's shell, median of ${CALLS}`, formatMs(median(adds))],
        [`bare Node spawn of the same plugin, median of ${CALLS}`, formatMs(median(spawns))],
        ["the plugin process alone (fork, exec, exit in a bash loop)", formatMs(alone)],
        ["overhead of cnibench", formatMs(overhead)],
        ["overhead of a bare Node spawn", formatMs(median(spawns) - alone)],
      ],
      target: `under ${MAX_OVERHEAD_MS} ms`,
      result: targetResult(overhead < MAX_OVERHEAD_MS),
    };
  } finally {
    await cluster[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

function bareSpawn({ env }: Host, plugin: string, config: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(plugin, [], { env: { CNI_COMMAND: "ADD", PATH: env.PATH } });
    child.stdout.resume();
    child.stdin.on("error", () => undefined);
    child.stdin.end(config);
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}

/** Returns the time of the plugin process if a small process starts it, milliseconds. */
async function processTime({ shell }: Host, plugin: string, dir: string): Promise<number> {
  const config = join(dir, "config");
  writeFileSync(config, "{}");
  const script = `
start=$EPOCHREALTIME
for ((i = 0; i < ${CALLS}; i++)); do "$0" <"$1" >/dev/null; done
echo "$start $EPOCHREALTIME"`;
  const [start = 0, end = 0] = (await run(shell, ["bash", "-c", script, plugin, config], { env: { LC_ALL: "C" } }))
    .split(" ")
    .map(Number);
  return ((end - start) / CALLS) * 1000;
}
