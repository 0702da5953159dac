/** A thousand pods on one node: does cnibench's own part of an ADD grow, and what memory does it take? */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseNetworkConfig } from "../cni/conf.ts";
import { memoryStore } from "../cni/memory.ts";
import { CniRuntime } from "../cni/runtime.ts";
import { folderStore, type RuntimeStore } from "../cni/store.ts";
import { Agent, type AgentTransport } from "../core/agent/agent.ts";
import { median, formatMs, type Benchmark } from "./benchmark.ts";

const PODS = 1000;
/** ADDs that are compared, at the start and at the end. */
const COMPARED_ADDS = 100;
const MAX_GROWTH = 1.1;
const MAX_MEMORY_BYTES = 200 * 2 ** 20;
const ADD_RESULT =
  '{"cniVersion":"1.0.0","interfaces":[{"name":"eth0","mac":"0a:00:00:00:00:01","sandbox":"/run/netns/x"}],"ips":[]}';
const NETWORK = parseNetworkConfig('{"cniVersion":"1.0.0","name":"bench","plugins":[{"type":"instant"}]}', "bench");

/**
 * The plugin answers within this process, so all that is timed is own part: runtime, store, and the node's shell up to its pipe.
 * (To take the time of a process away from that of its ADD leaves mostly the noise of the process.) The first ADDs of one
 * node and the last ones of another are done in turns, so that the machine's drift meets both.
 */
export async function benchScale(): Promise<Benchmark> {
  const dir = mkdtempSync(join(tmpdir(), "cnibench-bench-"));
  try {
    const inMemory = await measureGrowth(memoryStore);
    let nodes = 0;
    const onDisk = await measureGrowth(() => folderStore(join(dir, `node${++nodes}`)));
    const memory = process.resourceUsage().maxRSS * 1024;
    const rows = { "as runs do it": inMemory, "with a store on disk": onDisk };
    return {
      name: `${PODS} pods on one node`,
      rows: [
        ...Object.entries(rows).flatMap(([name, { first, last }]): [string, string][] => [
          [`own part of an ADD ${name}, median of the first ${COMPARED_ADDS}`, formatMs(first)],
          [`the same, median of the last ${COMPARED_ADDS}`, formatMs(last)],
          ["last / first", (last / first).toFixed(3)],
        ]),
        ["most memory that this process held", `${(memory / 2 ** 20).toFixed(0)} MiB`],
      ],
      target: `last / first at most ${MAX_GROWTH}, memory under ${MAX_MEMORY_BYTES / 2 ** 20} MiB`,
      met: Object.values(rows).every(({ first, last }) => last / first <= MAX_GROWTH) && memory < MAX_MEMORY_BYTES,
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface BenchNode {
  readonly runtime: CniRuntime;
  /** How many it has. */
  pods: number;
}

/** Medians of the first and the last ADDs, milliseconds. */
async function measureGrowth(newStore: () => RuntimeStore): Promise<{ readonly first: number; readonly last: number }> {
  const newNode = (): BenchNode => ({
    runtime: new CniRuntime({ shell: new Agent("node", {}, instantAgent()), pluginPath: ["/bin"], store: newStore() }),
    pods: 0,
  });
  const [crowded, empty] = [newNode(), newNode()];
  while (crowded.pods < PODS - COMPARED_ADDS) await add(crowded);
  await add(empty); // the first one also looks for the plugin
  const [firsts, lasts]: [number[], number[]] = [[], []];
  while (crowded.pods < PODS) {
    const calls = [async () => firsts.push(await add(empty)), async () => lasts.push(await add(crowded))];
    for (const call of crowded.pods % 2 === 0 ? calls : calls.reverse()) await call();
  }
  return { first: median(firsts), last: median(lasts) };
}

/** Milliseconds of one more ADD. The pod stays. */
async function add(node: BenchNode): Promise<number> {
  const attachment = { containerID: `pod-${++node.pods}`, netns: "/run/netns/x", ifName: "eth0" };
  const start = performance.now();
  await node.runtime.add(NETWORK, attachment);
  return performance.now() - start;
}

/** A node agent inside this process: every command ends at once, a lookup of the plugin with its path, ADD with a result. */
function instantAgent(): AgentTransport {
  let listener: (chunk: Buffer) => void = () => undefined;
  const frame = (op: string, id: number, payload: string): Buffer => {
    const header = Buffer.alloc(9);
    header.write(op, 0, "latin1");
    header.writeUInt32BE(id, 1);
    header.writeUInt32BE(Buffer.byteLength(payload), 5);
    return Buffer.concat([header, Buffer.from(payload)]);
  };
  return {
    write: (request) => {
      if (request.toString("latin1", 0, 1) !== "X") return;
      const id = request.readUInt32BE(1);
      const output = request.includes("CNI_COMMAND=ADD") ? ADD_RESULT : "/bin/instant\n";
      setImmediate(() => listener(Buffer.concat([frame("O", id, output), frame("D", id, "0\0" + "0\0" + "0")])));
    },
    onData: (next) => void (listener = next),
    onEnd: () => undefined,
  };
}
