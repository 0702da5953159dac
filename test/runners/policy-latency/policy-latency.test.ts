/** Effect times from answers, and the runner on a fake deployment. */
import { expect, test } from "vitest";
import { SkipError } from "../../../core/errors.ts";
import { effectTimes, answerTimes } from "../../../runners/policy-latency/effect-times.ts";
import { policyLatency } from "../../../runners/policy-latency/policy-latency.ts";
import { outputOf } from "../../helpers/fake-host.ts";
import { fakeDeployment } from "../fake-deployment.ts";

const CONTEXT = {
  duration: 1,
  params: { changes: 1 },
  signal: new AbortController().signal,
  keep: () => undefined,
} as const;

test("a policy is effective after the last answer, and its deletion with the first answer", () => {
  const changes = [
    { created: 10, removed: 20, ended: 30 },
    { created: 40, removed: 50, ended: 60 },
  ];
  const answers = [9, 10.5, 12, 22, 29, 41, 53];
  expect(effectTimes(changes, answers)).toEqual({ closing: [2, 1], opening: [2, 3] });
  expect(effectTimes([{ created: 10, removed: 20, ended: 30 }], [9, 21])).toEqual({ closing: [0], opening: [1] });
  expect(() => effectTimes(changes, [10.5, 22, 41, 53])).toThrow(/no answers/);
  expect(() => effectTimes(changes, [9, 22, 41])).toThrow(/no answers/);
  expect(answerTimes("100.250000\nrubbish\n101.500000\n", 100)).toEqual([0.25, 1.5]);
});

test("creates and deletes a policy, returns the times, and removes the namespace", async () => {
  const log: string[] = [];
  const stamps: number[] = [];
  const closed = (): boolean => log.at(-1) === "created NetworkPolicy closed";
  const pod = (argv: readonly string[]): string => {
    if (argv[2] === "echo $EPOCHREALTIME") return String(Date.now() / 1000);
    if (argv[0] === "perl") {
      if (!closed()) stamps.push(Date.now() / 1000);
      return closed() ? "blocked no answer within 1 s" : "open";
    }
    return "";
  };
  const fake = fakeDeployment(pod, log);
  const watched = {
    ...fake,
    createPods: async (pods: Parameters<typeof fake.createPods>[0]) =>
      (await fake.createPods(pods)).map((one) => ({ ...one, shell: { ...one.shell, start: () => ended(stamps) } })),
  };
  const { values } = await policyLatency.run({ ...CONTEXT, deployment: watched });
  expect(values["policy-close-time"]).toBe(0);
  expect(values["policy-open-time"]).toBeGreaterThanOrEqual(0);
  expect(values["policy-open-time"]).toBeLessThan(1);
  expect(log).toEqual([
    "created p-policy",
    "created NetworkPolicy closed",
    "removed NetworkPolicy closed",
    "removed p-policy",
  ]);
});

/** A watcher that prints these timestamps when it is killed. */
function ended(stamps: readonly number[]) {
  let end: () => void = () => undefined;
  const done = new Promise<void>((resolve) => (end = resolve)).then(() =>
    outputOf([], {
      ...{ where: "pod", exitCode: null, signal: "SIGKILL" },
      stdout: stamps.map((at) => `${at.toFixed(6)}\n`).join(""),
    }),
  );
  return { done, closeStdin: () => undefined, kill: () => end() };
}

test("a plugin that does not claim policies is unsupported, and nothing is created", async () => {
  const log: string[] = [];
  const deployment = { ...fakeDeployment(() => "", log), claimsPolicy: false };
  await expect(policyLatency.run({ ...CONTEXT, deployment })).rejects.toThrow(
    new SkipError("unsupported: fake does not claim to enforce network policies"),
  );
  expect(log).toEqual([]);
});
