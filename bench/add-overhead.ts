/** cnibench's own part of one ADD: everything but the plugin's process, beside a bare spawn by Node. */
import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseNetworkConfig } from "../cni/conf.ts";
import { CniRuntime } from "../cni/runtime.ts";
import { folderStore } from "../cni/store.ts";
import { localShell } from "../core/local.ts";
import { run } from "../core/shell.ts";
import { median, formatMs, timeEach, type Benchmark } from "./benchmark.ts";
import { createLab } from "./lab.ts";

const CALLS = 300;
const MAX_OWN_MS = 2;
const ADD_RESULT =
  '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"0a:00:00:00:00:01","sandbox":"/run/netns/x"}],"ips":[]}';

export async function benchAddOverhead(): Promise<Benchmark> {
  const dir = mkdtempSync(join(tmpdir(), "cnibench-bench-"));
  const plugin = join(dir, "instant");
  writeFileSync(plugin, `#!/bin/sh\necho '${ADD_RESULT}'\n`);
  chmodSync(plugin, 0o755);
  const cluster = await createLab(1);
  try {
    const [node] = cluster.nodes;
    if (node === undefined) throw new Error("a lab without nodes");
    await cluster.putFiles(node, [{ path: "/opt/cni/bin/instant", mode: 0o755, source: { file: plugin } }]);
    const store = folderStore(join(dir, "state"));
    const runtime = new CniRuntime({ shell: node.shell, pluginPath: ["/opt/cni/bin"], store });
    const list = parseNetworkConfig('{"cniVersion":"1.0.0","name":"bench","plugins":[{"type":"instant"}]}', "bench");
    let id = 0;
    const adds: number[] = [];
    const spawns: number[] = [];
    // In turns, so that the machine's drift meets both.
    for (let round = 0; round < 3; round++) {
      adds.push(
        ...(await timeEach(CALLS / 3, () =>
          runtime.add(list, { containerID: `c${++id}`, netns: "/run/netns/x", ifName: "eth0" }),
        )),
      );
      spawns.push(...(await timeEach(CALLS / 3, () => bareSpawn(plugin, list.text))));
    }
    const alone = await processTime(plugin, dir);
    const overhead = median(adds) - alone;
    return {
      name: "own part of one ADD",
      rows: [
        [`ADD through the runtime and the node's shell, median of ${CALLS}`, formatMs(median(adds))],
        [`bare Node spawn of the same plugin, median of ${CALLS}`, formatMs(median(spawns))],
        ["the plugin's process alone (fork, exec, exit in a bash loop)", formatMs(alone)],
        ["own part of cnibench", formatMs(overhead)],
        ["own part of a bare Node spawn", formatMs(median(spawns) - alone)],
      ],
      target: `under ${MAX_OWN_MS} ms`,
      met: overhead < MAX_OWN_MS,
    };
  } finally {
    await cluster[Symbol.asyncDispose]();
    rmSync(dir, { recursive: true, force: true });
  }
}

function bareSpawn(plugin: string, config: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(plugin, [], { env: { CNI_COMMAND: "ADD", PATH: process.env.PATH } });
    child.stdout.resume();
    child.stdin.on("error", () => undefined);
    child.stdin.end(config);
    child.on("error", reject);
    child.on("close", () => resolve());
  });
}

/** Milliseconds that the plugin takes when a small process starts it. */
async function processTime(plugin: string, dir: string): Promise<number> {
  const config = join(dir, "config");
  writeFileSync(config, "{}");
  const script = `s=$EPOCHREALTIME; for ((i = 0; i < ${CALLS}; i++)); do "$0" <"$1" >/dev/null; done; echo "$s $EPOCHREALTIME"`;
  const [start = 0, end = 0] = (
    await run(localShell(), ["bash", "-c", script, plugin, config], { env: { LC_ALL: "C" } })
  )
    .split(" ")
    .map(Number);
  return ((end - start) / CALLS) * 1000;
}
