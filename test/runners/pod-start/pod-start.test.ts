/** New pods: their packets on a real loopback, and the runners on a played cluster. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { localShell } from "../../../core/local.ts";
import { packageRoot } from "../../../core/paths.ts";
import { parseArrivals, startTimes } from "../../../runners/pod-start/arrivals.ts";
import { createAtRate, podStart } from "../../../runners/pod-start/pod-start.ts";
import { deploymentObject, rollout } from "../../../runners/pod-start/rollout.ts";
import { fakeDeployment } from "../fake-deployment.ts";

const { signal } = new AbortController();
const PROGRAM = join(packageRoot(), "runners/pod-start/first-packet.pl");
const CONTEXT = { duration: 1, signal, keep: () => undefined } as const;

test("a pod is seen when it has had an answer, be the one that answers there before it or after", async () => {
  const shell = localShell();
  const port = "30499";
  const announcer = shell.start(["perl", PROGRAM, "announce", "127.0.0.1", port], { stdin: "" });
  try {
    const heard = await shell.exec(["perl", PROGRAM, "collect", port, "1"], { timeout: 20 });
    expect(heard).toMatchObject({ exitCode: 0, stderr: "" });
    expect(heard.stdout.trim()).toBe((await shell.exec(["uname", "-n"])).stdout.trim());
    const silent = await shell.exec(["perl", PROGRAM, "collect", port, "1"], { timeout: 1 });
    expect(silent.ended).toBe("timeout"); // it is quiet now
  } finally {
    announcer.kill("SIGKILL");
    await announcer.done;
  }
});

test("late answers, and packets that are lost on the way, leave no pod unseen", async () => {
  const collector = createSocket("udp4").bind(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address();
  const said: string[] = [];
  const seen = new Promise<void>((resolve) => {
    collector.on("message", (packet, { port: from }) => {
      const answers = packet.toString().split(" ")[1] ?? "";
      const before = said.filter((one) => one === answers).length;
      said.push(answers);
      if (answers === "0")
        for (let i = 0; i < 3; i++) collector.send(packet, from, "127.0.0.1"); // as if to three packets
      else if (before >= 3) {
        collector.send(packet, from, "127.0.0.1"); // those before it were lost
        resolve();
      }
    });
  });
  const announcer = localShell().start(["perl", PROGRAM, "announce", "127.0.0.1", String(port)], { stdin: "" });
  try {
    await seen;
  } finally {
    announcer.kill("SIGKILL");
    await announcer.done;
    collector.close();
  }
});

test("the lines of the collector are read by its own clock", () => {
  const times = parseArrivals("1700000010.500000 new-1\n1700000011.000000 new-2\nrubbish\n", 10);
  expect([...times]).toEqual([
    ["new-1", 1700000000.5],
    ["new-2", 1700000001],
  ]);
  expect(startTimes(new Map([["new-2", 1699999999]]), times)).toEqual([2]);
  expect(() => startTimes(new Map([["new-3", 0]]), times)).toThrow("pods new-3 had no answer, and others had");
});

test("pods are asked for at the rate, without waiting for each other", async () => {
  const pods = Array.from({ length: 5 }, (_, i) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: "n", name: `p${i}` },
  }));
  const begin = Date.now() / 1000;
  const times = [
    ...(await createAtRate(pods, 20, () => new Promise((resolve) => setTimeout(resolve, 300)), signal)).values(),
  ];
  expect(times).toHaveLength(5);
  times.forEach((at, i) => expect(at - begin).toBeGreaterThanOrEqual(i * 0.05 - 0.005));
  expect((times.at(-1) ?? 0) - begin).toBeLessThan(5 * 0.3); // one after the other would take longer
});

/** A collector that hears `names`, `after` seconds from now. */
function hearing(names: () => readonly string[], after: number): (argv: readonly string[]) => string {
  return (argv) =>
    argv[2] === "echo $EPOCHREALTIME"
      ? String(Date.now() / 1000)
      : names()
          .map((name) => `${(Date.now() / 1000 + after).toFixed(6)} ${name}\n`)
          .join("");
}

test("pod-start: every pod from its own request on, and nothing is left", async () => {
  const log: string[] = [];
  const { values } = await podStart.run({
    ...CONTEXT,
    params: { pods: 3, rate: 1000 },
    deployment: fakeDeployment(
      hearing(() => ["new-1", "new-2", "new-3"], 2),
      log,
    ),
  });
  expect(Object.keys(values)).toEqual(["pod-start-p50", "pod-start-p90"]);
  expect(values["pod-start-p50"]).toBeCloseTo(2, 0);
  expect(log).toEqual([
    "made p-start",
    "created Pod new-1",
    "created Pod new-2",
    "created Pod new-3",
    "removed p-start",
  ]);
  expect(podStart.unavailableReason("pod-start-p99", { pods: 99 })).toBe(
    "no 99th percentile from 99 samples (100 are needed)",
  );
  expect(podStart.unavailableReason("pod-start-p99", { pods: 100 })).toBeUndefined();
});

test("pods that do not answer are an error, and nothing is left", async () => {
  const log: string[] = [];
  const run = podStart.run({
    ...CONTEXT,
    params: { pods: 3, rate: 1000 },
    deployment: fakeDeployment(
      hearing(() => ["new-1"], 2),
      log,
    ),
  });
  await expect(run).rejects.toThrow(/^2 of 3 new pods \(new-2, new-3\) had no answer within 123 s; see the events/);
  expect(log.at(-1)).toBe("removed p-start");
});

test("rollout: from the change to the last of the new pods", async () => {
  const log: string[] = [];
  const { values } = await rollout.run({
    ...CONTEXT,
    params: { pods: 2 },
    deployment: fakeDeployment(
      hearing(() => ["a", "b"], 3),
      log,
    ),
  });
  expect(values["rollout-time"]).toBeCloseTo(3, 0);
  expect(log).toEqual([
    "made p-rollout",
    "created Deployment rollout",
    "changed Deployment rollout",
    "removed p-rollout",
  ]);
});

test("two generations of a deployment differ in their pods, which stay on the measured nodes", () => {
  const workload = { namespace: "n", count: 2, nodes: ["n1", "n2"], image: "load:1", command: ["x"] };
  const [one, two] = [1, 2].map((generation) => JSON.stringify(deploymentObject({ ...workload, generation })));
  expect(one).not.toBe(two);
  expect(one?.replace('generation":"1"', 'generation":"2"')).toBe(two);
  expect(one).toContain('{"matchFields":[{"key":"metadata.name","operator":"In","values":["n2"]}]}');
});
