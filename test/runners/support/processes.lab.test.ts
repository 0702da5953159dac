/** The CPU time of a lab's own processes, next to a process of the host that keeps a CPU busy. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { netns, type BareCluster } from "../../../clusters/index.ts";
import type { BareNode } from "../../../core/model.ts";
import { createHost, localShell } from "../../../core/local.ts";
import { watchOutput } from "../../helpers/watch-output.ts";
import { cpuUsageOfLoad, startCpuSampler, type CpuUsage } from "../../../runners/support/cpu.ts";
import { withWindow } from "../../../runners/support/sampler.ts";

const FOREIGN_LOOP = ["bash", "-c", "echo; while :; do :; done"];
/** Starts processes that each use 0.2 s of CPU time and exit, as short-lived clients of a load do. */
const LAB_LOAD = "for i in 1 2 3; do perl -e 'do { ($u, $s) = times } until $u + $s >= 0.2'; done";
const LAB_LOAD_S = 0.6;

const host = createHost();
let cluster: BareCluster;
beforeAll(async () => void (cluster = await netns.create(host, { nodes: 2, underlayMtu: 1500 })));
afterAll(() => cluster[Symbol.asyncDispose]());

/** Returns the usage of a command on the second node, as seen from the first one, over its lifetime. */
async function usageOf(argv: readonly string[]): Promise<{ usage: CpuUsage; seconds: number }> {
  const [node1, node2] = cluster.nodes as [BareNode, BareNode];
  const { shell, printed } = watchOutput(node1.shell);
  const sampler = startCpuSampler(shell, cluster.facts.cpuAccounting);
  await printed("\n"); // the first reading precedes the load
  const from = Date.now() / 1000;
  await node2.shell.exec(argv);
  const to = Date.now() / 1000;
  const { stdout } = await sampler.stop(); // after a last reading
  const usage = cpuUsageOfLoad(withWindow(stdout, { from, to, accounting: "processes", awake: null, idle: null }));
  if (usage === null) throw new Error("the readings do not cover the load");
  return { usage, seconds: to - from };
}

test("counts the processes of all nodes, and not those of the host", async () => {
  const { shell, printed } = watchOutput(localShell());
  const foreign = shell.start(FOREIGN_LOOP, { stdin: "", timeout: 60 });
  await printed("\n");
  const { usage, seconds } = await usageOf(["bash", "-c", LAB_LOAD]).finally(() => foreign.kill("SIGKILL"));
  await foreign.done;
  const used = (usage.user + usage.system) * seconds;
  expect(used).toBeGreaterThan(0.8 * LAB_LOAD_S);
  expect(used).toBeLessThan(1.4 * LAB_LOAD_S);
});
