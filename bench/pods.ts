/** Measures whether the overhead of an ADD grows with 1,000 pods on one node, and the memory that cnibench needs. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { CniRuntime, folderStore, memoryStore, type RuntimeStore } from "../cni/index.ts";
import { makeTempDir } from "../core/temp-dir.ts";
import type { Host } from "../core/host.ts";
import { Agent, type AgentTransport } from "../core/agent/agent.ts";
import { median } from "../results/index.ts";
import { formatMs, targetResult, type Benchmark } from "./benchmark.ts";
import { ADD_RESULT, INSTANT_NETWORK } from "./instant-plugin.ts";

const PODS = 1000;
/** Number of first and last ADDs to compare. */
const COMPARED_ADDS = 100;
const MAX_GROWTH = 1.1;
const MAX_MEMORY_BYTES = 200 * 2 ** 20;

/**
 * Measures ADDs whose plugin responds within this process, so that only the runtime, the store and the node's shell
 * up to its pipe are timed. (The difference between an ADD and its process would mostly be noise of the process.) The
 * first ADDs of one node and the last ones of another are interleaved, so that the drift of the machine affects both.
 */
export async function benchPods({ tempDir }: Host): Promise<Benchmark> {
  const dir = makeTempDir({ tempDir }, "bench");
  try {
    const inMemory = await measureGrowth(memoryStore);
    let nodes = 0;
    const onDisk = await measureGrowth(() => folderStore(join(dir, `node${++nodes}`)));
    const memory = process.resourceUsage().maxRSS * 1024;
    const rows = { "in a run": inMemory, "with a store on disk": onDisk };
    const isFlat = Object.values(rows).every(({ first, last }) => last / first <= MAX_GROWTH);
    return {
      name: `${PODS} pods on one node`,
      rows: [
        ...Object.entries(rows).flatMap(([name, { first, last }]): [string, string][] => [
          [`overhead of an ADD ${name}, median of the first ${COMPARED_ADDS}`, formatMs(first)],
          [`the same, median of the last ${COMPARED_ADDS}`, formatMs(last)],
          ["last / first", (last / first).toFixed(3)],
        ]),
        ["peak memory of the process", `${(memory / 2 ** 20).toFixed(0)} MiB`],
      ],
      target: `last / first at most ${MAX_GROWTH}, memory under ${MAX_MEMORY_BYTES / 2 ** 20} MiB`,
      result: targetResult(isFlat && memory < MAX_MEMORY_BYTES),
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

interface BenchNode {
  readonly runtime: CniRuntime;
  /** Number of pods on the node. */
  pods: number;
}

/** Returns the medians of the first and the last ADDs, milliseconds. */
async function measureGrowth(newStore: () => RuntimeStore): Promise<{ readonly first: number; readonly last: number }> {
  const newNode = (): BenchNode => ({
    runtime: new CniRuntime({ shell: new Agent("node", {}, instantAgent()), pluginPath: ["/bin"], store: newStore() }),
    pods: 0,
  });
  const [crowded, empty] = [newNode(), newNode()];
  while (crowded.pods < PODS - COMPARED_ADDS) await add(crowded);
  await add(empty); // the first ADD also locates the plugin
  const [firsts, lasts]: [number[], number[]] = [[], []];
  while (crowded.pods < PODS) {
    const calls = [async () => firsts.push(await add(empty)), async () => lasts.push(await add(crowded))];
    for (const call of crowded.pods % 2 === 0 ? calls : calls.reverse()) await call();
  }
  return { first: median(firsts), last: median(lasts) };
}

/** Adds a pod that stays. @returns duration of the ADD, milliseconds */
async function add(node: BenchNode): Promise<number> {
  const attachment = { containerID: `pod-${++node.pods}`, netns: "/run/netns/x", ifName: "eth0" };
  const start = performance.now();
  await node.runtime.add(INSTANT_NETWORK, attachment);
  return performance.now() - start;
}

/**
 * Returns a node agent inside this process. Every command ends at once: the lookup of the plugin returns its path,
 * and ADD returns a result.
 */
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
