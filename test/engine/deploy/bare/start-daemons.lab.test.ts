/** Daemons of a plugin on real nodes: readiness, logs, processes and failures. */
import { expect, test } from "vitest";
import { netns } from "../../../../clusters/netns/netns.ts";
import type { BareCluster } from "../../../../clusters/cluster.ts";
import { run, type Output } from "../../../../core/shell.ts";
import { startDaemons } from "../../../../engine/deploy/bare/start-daemons.ts";
import type { Daemons } from "../../../../engine/deploy/live-deployment.ts";
import type { Daemon } from "../../../../plugins/plugin.ts";
import { TEST_SPEC } from "../with-deployment.ts";
import type { Clock } from "../../../../core/clock.ts";
import { createHost } from "../../../../core/local.ts";

const host = createHost();

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

/** A clock on which the time limit of a daemon takes 3 s. */
const FAST: Clock = {
  ...host.clock,
  now: () => host.clock.now() * 10,
  sleep: (seconds, signal) => host.clock.sleep(seconds / 10, signal),
};

async function withLab(use: (lab: Lab) => Promise<void>, clock = host.clock): Promise<void> {
  const cluster = await netns.create(host, TEST_SPEC);
  const logs = new Map<string, Output>();
  const storeLog = (node: string, name: string, output: Output): void => void logs.set(`${node} ${name}`, output);
  try {
    await use({
      cluster,
      logs,
      start: (...daemons) =>
        startDaemons({ signal: host.signal, clock }, daemons, {
          nodes: cluster.nodes,
          clusterCidr: cluster.podCidr,
          storeLog,
        }),
    });
  } finally {
    await cluster[Symbol.asyncDispose]();
  }
}

test("daemons start in order on their nodes with their environment; their processes are found and stopped", () =>
  withLab(async ({ cluster, logs, start }) => {
    const store = daemon('echo "$PLACE" >/run/store; exec sleep 1000', {
      name: "store",
      on: "first node",
      env: { PLACE: "here" },
      readinessCommand: () => ["grep", "here", "/run/store"],
    });
    // Exits at once if the store is not ready yet.
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
    const remaining = await Promise.all(
      cluster.nodes.map(({ shell }) => run(shell, ["sh", "-c", "grep -l sleep /proc/[0-9]*/comm; :"])),
    );
    expect(remaining).toEqual(["", ""]);
  }));

test("the last 64 KiB of a daemon's output are stored, and long output does not end the daemon", () =>
  withLab(async ({ logs, start }) => {
    const daemons = await start(
      daemon(`yes "line of a verbose daemon" | head -c 40000000; echo last; ${BECOME_READY}`),
    );
    expect(daemons.failure()).toBeNull();
    await daemons.stop();
    const { stdout } = logs.get("node1 agent") ?? { stdout: "" };
    expect(stdout.length).toBe(65536);
    expect(stdout).toMatch(/last\nready\n$/);
  }));

test("a daemon that exits later is reported with its last output", () =>
  withLab(async ({ start }) => {
    const daemons = await start(
      daemon("touch /run/ready; sleep 0.2; echo 'lost its lease' >&2; exit 3", { on: "first node" }),
    );
    await expect
      .poll(() => daemons.failure(), { timeout: 5000 })
      .toMatch(/^agent on node1 .*exit code 3; last output:\nlost its lease$/);
  }));

test.each([
  ["exits at once", "echo one; echo two; kill -TERM $$", /^agent on node[12] .*SIGTERM; last output:\none\ntwo$/],
  [
    "cannot be executed",
    null,
    /^agent on node[12] .*exit code 127; last output:\nbash: .*nowhere: No such file or directory$/,
  ],
])("a daemon that %s fails the deployment", (_, script, message) =>
  withLab(async ({ start, logs }) => {
    const bad = script === null ? daemon("", { argv: () => ["/nowhere"] }) : daemon(script);
    await expect(start(bad)).rejects.toThrow(message);
    expect(logs.size).toBe(2);
  }),
);

test("a daemon that never becomes ready fails the deployment after a time limit", () =>
  withLab(async ({ start, logs }) => {
    const message =
      /^agent on node1 was not ready within 30 s: "test -e \/run\/ready" .*; last output:\nwaiting for nothing$/;
    const waiting = daemon("echo waiting for nothing; exec sleep 1000", { on: "first node" });
    await expect(start(waiting)).rejects.toThrow(message);
    expect(logs.get("node1 agent")?.signal).toBe("SIGKILL");
  }, FAST));
