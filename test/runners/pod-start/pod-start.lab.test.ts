/** The first packets of new pods on the loopback interface, and the runners on a fake deployment. */
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

test("a pod is recorded after its first answer, even if it started before the collector", async () => {
  const shell = localShell();
  const port = "30499";
  const announcer = shell.start(["perl", PROGRAM, "announce", "127.0.0.1", port], { stdin: "" });
  try {
    const collected = await shell.exec(["perl", PROGRAM, "collect", port, "1"], { timeout: 20 });
    expect(collected).toMatchObject({ exitCode: 0, stderr: "" });
    expect(collected.stdout.trim()).toBe((await shell.exec(["uname", "-n"])).stdout.trim());
    const silent = await shell.exec(["perl", PROGRAM, "collect", port, "1"], { timeout: 1 });
    expect(silent.ended).toBe("timeout"); // the pod no longer sends
  } finally {
    announcer.kill("SIGKILL");
    await announcer.done;
  }
});

test("records a pod in spite of late answers and lost packets", async () => {
  const collector = createSocket("udp4").bind(0, "127.0.0.1");
  await once(collector, "listening");
  const { port } = collector.address();
  const received: string[] = [];
  const acknowledged = new Promise<void>((resolve) => {
    collector.on("message", (packet, { port: from }) => {
      const answers = packet.toString().split(" ")[1] ?? "";
      const before = received.filter((one) => one === answers).length;
      received.push(answers);
      if (answers === "0")
        for (let i = 0; i < 3; i++) collector.send(packet, from, "127.0.0.1"); // as if it had received three packets
      else if (before >= 3) {
        collector.send(packet, from, "127.0.0.1"); // as if the earlier packets had been lost
        resolve();
      }
    });
  });
  const announcer = localShell().start(["perl", PROGRAM, "announce", "127.0.0.1", String(port)], { stdin: "" });
  try {
    await acknowledged;
  } finally {
    announcer.kill("SIGKILL");
    await announcer.done;
    collector.close();
  }
});

test("converts the collector's timestamps to the local clock", () => {
  const times = parseArrivals("1700000010.500000 new-1\n1700000011.000000 new-2\nrubbish\n", 10);
  expect([...times]).toEqual([
    ["new-1", 1700000000.5],
    ["new-2", 1700000001],
  ]);
  expect(startTimes(new Map([["new-2", 1699999999]]), times)).toEqual([2]);
  expect(() => startTimes(new Map([["new-3", 0]]), times)).toThrow(/pods new-3 .*another run/);
});

test("creates pods at the rate without waiting for earlier requests", async () => {
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
  expect((times.at(-1) ?? 0) - begin).toBeLessThan(5 * 0.3); // sequential requests would take longer
});

/** The output of a collector that receives packets from `names`, `after` seconds from now. */
function collecting(names: () => readonly string[], after: number): (argv: readonly string[]) => string {
  return (argv) =>
    argv[2] === "echo $EPOCHREALTIME"
      ? String(Date.now() / 1000)
      : names()
          .map((name) => `${(Date.now() / 1000 + after).toFixed(6)} ${name}\n`)
          .join("");
}

test("pod-start: measures every pod from its creation request, and removes the namespace", async () => {
  const log: string[] = [];
  const { values } = await podStart.run({
    ...CONTEXT,
    params: { pods: 3, rate: 1000 },
    deployment: fakeDeployment(
      collecting(() => ["new-1", "new-2", "new-3"], 2),
      log,
    ),
  });
  expect(Object.keys(values)).toEqual(["pod-start-p50", "pod-start-p90"]);
  expect(values["pod-start-p50"]).toBeCloseTo(2, 0);
  expect(log).toEqual([
    "created p-start",
    "created Pod new-1",
    "created Pod new-2",
    "created Pod new-3",
    "removed p-start",
  ]);
  expect(podStart.unavailableReason("pod-start-p99", { pods: 99 })).toMatch(/99 samples .*100/);
  expect(podStart.unavailableReason("pod-start-p99", { pods: 100 })).toBeUndefined();
});

test("pods without an answer are an error, and the namespace is removed", async () => {
  const log: string[] = [];
  const run = podStart.run({
    ...CONTEXT,
    params: { pods: 3, rate: 1000 },
    deployment: fakeDeployment(
      collecting(() => ["new-1"], 2),
      log,
    ),
  });
  await expect(run).rejects.toThrow(/^2 of 3 new pods \(new-2, new-3\) .* 123 s;/);
  expect(log.at(-1)).toBe("removed p-start");
});

test("rollout: measures from the change to the last new pod", async () => {
  const log: string[] = [];
  const { values } = await rollout.run({
    ...CONTEXT,
    params: { pods: 2 },
    deployment: fakeDeployment(
      collecting(() => ["a", "b"], 3),
      log,
    ),
  });
  expect(values["rollout-time"]).toBeCloseTo(3, 0);
  expect(log).toEqual([
    "created p-rollout",
    "created Deployment rollout",
    "patched Deployment rollout",
    "removed p-rollout",
  ]);
});

test("generations of a deployment differ in their pod template, and all pods run on the measured nodes", () => {
  const workload = { namespace: "n", count: 2, nodes: ["n1", "n2"], image: "load:1", command: ["x"] };
  const [one, two] = [1, 2].map((generation) => JSON.stringify(deploymentObject({ ...workload, generation })));
  expect(one).not.toBe(two);
  expect(one?.replace('generation":"1"', 'generation":"2"')).toBe(two);
  expect(one).toContain('{"matchFields":[{"key":"metadata.name","operator":"In","values":["n2"]}]}');
});
