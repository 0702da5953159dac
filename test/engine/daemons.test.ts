/** Daemons of a plugin on real nodes: what they need to be ready, what is kept of them, and how they fail a deployment. */
import { expect, test } from "vitest";
import { netns } from "../../clusters/netns/netns.ts";
import type { BareCluster } from "../../clusters/cluster.ts";
import { run, type Output } from "../../core/shell.ts";
import { startDaemons, type Daemons } from "../../engine/daemons.ts";
import type { Daemon } from "../../plugins/plugin.ts";
import { TEST_SPEC } from "./with-deployment.ts";

const READY = ["test", "-e", "/run/ready"];
const BECOME_READY = "touch /run/ready; echo ready; exec sleep 1000";

function daemon(script: string, overrides: Partial<Daemon> = {}): Daemon {
  return {
    name: "agent",
    on: "every node",
    argv: () => ["sh", "-c", script],
    readinessCommand: () => READY,
    ...overrides,
  };
}

interface Lab {
  readonly cluster: BareCluster;
  readonly logs: Map<string, Output>;
  readonly start: (...daemons: readonly Daemon[]) => Promise<Daemons>;
}

async function withLab(use: (lab: Lab) => Promise<void>): Promise<void> {
  const { signal } = new AbortController();
  const cluster = await netns.create(TEST_SPEC, signal);
  const logs = new Map<string, Output>();
  const storeLog = (node: string, name: string, output: Output): void => void logs.set(`${node} ${name}`, output);
  try {
    await use({
      cluster,
      logs,
      start: (...daemons) => startDaemons(daemons, cluster.nodes, cluster.podCidr, storeLog, signal),
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

test("in their order, where they belong, with their environment; their processes are found, and end with them", () =>
  withLab(async ({ cluster, logs, start }) => {
    const store = daemon('echo "$PLACE" >/run/store; exec sleep 1000', {
      name: "store",
      on: "first node",
      env: { PLACE: "here" },
      readinessCommand: () => ["grep", "here", "/run/store"],
    });
    // Ends at once where the store is not ready yet.
    const agent = daemon(
      "[ $(hostname) = node2 ] || grep -q here /run/store || exit 1; touch /run/ready; sleep 1000; :",
    );
    const daemons = await start(store, agent);
    const [first, second] = await daemons.processes(cluster.nodes);
    expect([first?.pids.length, second?.pids.length]).toEqual([3, 2]); // the agent is a shell and its child
    expect(first?.pageSize).toBeGreaterThanOrEqual(4096);
    expect(daemons.failure()).toBeNull();
    await daemons.stop();
    expect([...logs.keys()].toSorted()).toEqual(["node1 agent", "node1 store", "node2 agent"]);
    const left = await Promise.all(
      cluster.nodes.map(({ shell }) => run(shell, ["sh", "-c", "grep -l sleep /proc/[0-9]*/comm; :"])),
    );
    expect(left).toEqual(["", ""]);
  }));

test("what a daemon says is kept up to its last 64 KiB, and no amount of it ends the daemon", () =>
  withLab(async ({ logs, start }) => {
    const daemons = await start(
      daemon(`yes "line of a talkative daemon" | head -c 40000000; echo last; ${BECOME_READY}`),
    );
    expect(daemons.failure()).toBeNull();
    await daemons.stop();
    const { stdout } = logs.get("node1 agent") ?? { stdout: "" };
    expect(stdout.length).toBe(65536);
    expect(stdout).toMatch(/last\nready\n$/);
  }));

test("one that ends later is told with its last words", () =>
  withLab(async ({ start }) => {
    const daemons = await start(
      daemon("touch /run/ready; sleep 0.2; echo 'lost its lease' >&2; exit 3", { on: "first node" }),
    );
    await expect
      .poll(() => daemons.failure(), { timeout: 5000 })
      .toBe("agent on node1 failed with exit code 3; it said last:\nlost its lease");
  }));

test.each([
  [
    "ends at once",
    "echo one; echo two; kill -TERM $$",
    /^agent on node[12] was killed by SIGTERM; it said last:\none\ntwo$/,
  ],
  [
    "is no program",
    null,
    /^agent on node[12] failed with exit code 127; it said last:\nbash: .*nowhere: No such file or directory$/,
  ],
])("one that %s fails the deployment", (_, script, words) =>
  withLab(async ({ start, logs }) => {
    const bad = script === null ? daemon("", { argv: () => ["/nowhere"] }) : daemon(script);
    await expect(start(bad)).rejects.toThrow(words);
    expect(logs.size).toBe(2);
  }),
);

test("one that never gets ready fails the deployment in a bounded time", () =>
  withLab(async ({ start, logs }) => {
    await expect(start(daemon("echo waiting for nothing; exec sleep 1000", { on: "first node" }))).rejects.toThrow(
      'agent on node1 was not ready within 30 s: "test -e /run/ready" did not succeed; it said last:\nwaiting for nothing',
    );
    expect(logs.get("node1 agent")?.signal).toBe("SIGKILL");
  }));
