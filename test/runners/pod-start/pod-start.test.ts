/** The runners on a fake deployment. */
import { expect, test } from "vitest";
import { parseArrivals, startTimes } from "../../../runners/pod-start/arrivals.ts";
import { createAtRate, podStart } from "../../../runners/pod-start/pod-start.ts";
import { deploymentObject, rollout } from "../../../runners/pod-start/rollout.ts";
import { fakeHost } from "../../helpers/fake-host.ts";
import { fakeDeployment } from "../fake-deployment.ts";

const { signal } = new AbortController();
const CONTEXT = { duration: 1, signal, keep: () => undefined } as const;

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
  const { clock } = fakeHost();
  // No request is answered before the last pod is created.
  const answers: (() => void)[] = [];
  const create = (): Promise<void> =>
    new Promise((resolve) => {
      if (answers.push(resolve) === pods.length) for (const answer of answers) answer();
    });
  const times = [...(await createAtRate(pods, 20, { create, signal, clock })).values()];
  expect(times.map((at) => at.toFixed(2))).toEqual(["0.00", "0.05", "0.10", "0.15", "0.20"]);
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
