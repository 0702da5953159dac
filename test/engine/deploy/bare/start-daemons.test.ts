/** Waiting for daemons, on fake nodes. Real daemons are tested in start-daemons.lab.test.ts. */
import { expect, test } from "vitest";
import type { Output, Process } from "../../../../core/shell.ts";
import { startDaemons } from "../../../../engine/deploy/bare/start-daemons.ts";
import type { Daemon } from "../../../../plugins/plugin.ts";
import { fakeHost, outputOf, type FakeHost, type Reply } from "../../../helpers/fake-host.ts";

const DAEMON: Daemon = {
  name: "agent",
  on: "every node",
  argv: () => ["agent"],
  readinessCommand: () => ["agent", "status"],
};

/** Starts the daemon on one node. @param readiness reply to the readiness command */
async function start(host: FakeHost, readiness: Reply): Promise<void> {
  const { shell } = fakeHost({ "agent status": readiness });
  const startProcess = (argv: readonly string[]): Process => {
    let kill = (): void => undefined;
    const done = new Promise<Output>((resolve) => (kill = () => resolve(outputOf(argv, { signal: "SIGKILL" }))));
    return { done, closeStdin: () => undefined, kill };
  };
  const node = {
    ...{ name: "node1", index: 1, ip: "10.0.0.1", ip6: null, podCidr: "10.1.0.0/24", podCidr6: "" },
    shell: { ...shell, start: startProcess },
  };
  const daemons = await startDaemons(host, [DAEMON], {
    nodes: [node],
    clusterCidr: "10.1.0.0/16",
    storeLog: () => undefined,
  });
  await daemons.stop();
}

/** Returns the reply of a command that hangs until its timeout. */
function hanging(host: FakeHost): Extract<Reply, (...args: never) => unknown> {
  return (_, { timeout = 60 }) => {
    host.clock.advance(timeout);
    return { exitCode: null, signal: "SIGKILL", ended: "timeout" };
  };
}

test("a readiness command that hangs once is repeated soon", async () => {
  const host = fakeHost();
  const hang = hanging(host);
  let calls = 0;
  await start(host, (...call) => (++calls === 1 ? hang(...call) : {}));
  expect(calls).toBe(2);
  expect(host.clock.now()).toBeLessThan(10);
});

test("a readiness command that always hangs fails after the timeout of the daemon", async () => {
  const host = fakeHost();
  await expect(start(host, hanging(host))).rejects.toThrow(
    /^agent on node1 was not ready within 30 s: "agent status" /,
  );
  expect(host.clock.now()).toBeLessThan(40);
});
