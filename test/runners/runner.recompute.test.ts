/** Values that runners recompute from kept output. The end-to-end test of all loads covers the other runners. */
import { describe, expect, it } from "vitest";
import { runners } from "../../runners/index.ts";
import { probePathMtu, storedMtu } from "../../runners/support/mtu.ts";
import type { StoredOutputs } from "../../runners/support/stored-outputs.ts";
import type { PairContext, Recomputed } from "../../runners/runner.ts";
import type { Output } from "../../core/shell.ts";
import { quoteArgv } from "../../core/text.ts";
import { fakeShell } from "../helpers/fake-host.ts";

/** @param stdout by role */
function outputs(
  stdout: Readonly<Record<string, string>>,
  commands: Readonly<Record<string, string>> = {},
): StoredOutputs {
  const read = (texts: Readonly<Record<string, string>>, role: string): string => {
    if (texts[role] === undefined) throw new Error(`${role} not found`);
    return texts[role];
  };
  return { roles: Object.keys(stdout), stdout: (role) => read(stdout, role), command: (role) => read(commands, role) };
}

const curl = (...times: readonly string[]): string => times.map((time) => `0 ${time} \n`).join("");

describe("runners recompute", () => {
  it("percentiles of pod starts from the time of each pod", () => {
    const times = "pod-start-p50 9\npod-start 3\npod-start 1\npod-start 2\n";
    const { values, distributions } = runners["pod-start"].recompute(outputs({ times }));
    expect(values).toEqual({ "pod-start-p50": 2, "pod-start-p90": 3 });
    expect(distributions).toMatchObject([{ name: "pod-start", samples: 3 }]);
  });

  it("the time of a rollout from the last pod, and that of policies from each change", () => {
    expect(runners.rollout.recompute(outputs({ times: "rollout-time 9\npod 3.5\npod 1\n" })).values).toEqual({
      "rollout-time": 3.5,
    });
    const times = "closing 1\nclosing 3\nclosing 2\nopening 0.5\n";
    expect(runners["policy-latency"].recompute(outputs({ times })).values).toEqual({
      "policy-close-time": 2,
      "policy-open-time": 0.5,
    });
  });

  it("the distributions of the times of many pods and policies", () => {
    const names = (recomputed: Recomputed): unknown => recomputed.distributions?.map((one) => [one.name, one.samples]);
    const crowd = "add-time 3\ndel-time 1\nadd-time 1\ndel-time 2\nadd-time 2\ndel-time 3\n";
    expect(names(runners.crowd.recompute(outputs({ times: crowd })))).toEqual([
      ["add-time", 3],
      ["del-time", 3],
    ]);
    expect(names(runners.rollout.recompute(outputs({ times: "pod 2\npod 1\n" })))).toEqual([["rollout-time", 2]]);
    const policies = "closing 1\nclosing 2\nopening 0.5\n";
    expect(names(runners["policy-latency"].recompute(outputs({ times: policies })))).toEqual([
      ["policy-close-time", 2],
      ["policy-open-time", 1],
    ]);
    expect(names(runners["api-server"].recompute(outputs({ client: curl("9 9", "1 4", "2 5") })))).toEqual([
      ["connect-time", 2],
      ["latency", 2],
    ]);
  });

  it("the rate of churn", () => {
    expect(runners.churn.recompute(outputs({ times: "pods 12\nseconds 3\n" })).values).toEqual({ "pods-rate": 4 });
  });

  it("pairs by round, and their table", () => {
    const lines = "pairs-throughput 1\npair 1 2 30 0.1\npair 2 1 10 0.2\npair 1 2 20 0.3\npair 2 1 40 0.4\n";
    const { values, pairs } = runners.pairs.recompute(outputs({ pairs: lines }), { pairs: 2 }, ["node-1", "node-2"]);
    expect(values).toMatchObject({ "pairs-throughput": 50, "pair-throughput-min": 10, "pair-latency-max": 0.4 });
    expect(pairs).toMatchObject({ nodes: ["node-1", "node-2"], omitted: 0 });
    expect(pairs?.pairs[0]).toEqual({ client: 1, server: 0, throughput: 10, latency: 0.2 });
  });

  it("times of curl without those of the first request", () => {
    const dns = runners.dns.recompute(outputs({ client: curl("9", "1", "3", "2") })).values;
    expect(dns).toMatchObject({ "latency-mean": 2, "latency-p50": 2 });
    const api = runners["api-server"].recompute(outputs({ client: curl("9 9", "1 4", "3 6", "2 5") })).values;
    expect(api).toMatchObject({ "connect-time": 2, "latency-mean": 5 });
  });

  it("nothing from missing output", () => {
    for (const runner of [runners.rollout, runners["pod-start"], runners.crowd])
      expect(() => runner.recompute(outputs({ times: "other 1\n" }))).toThrow(/^no line with /);
    expect(() => runners.ping.recompute(outputs({}))).toThrow("client not found");
  });
});

it.each([
  ["10.0.0.2", 1400],
  ["fd00::2", 1380],
])("the path MTU to %s is the one that the probes found", async (ip, mtu) => {
  const header = ip.includes(":") ? 48 : 28;
  const stdout: Record<string, string> = {};
  const commands: Record<string, string> = {};
  const ping = (argv: readonly string[]): Partial<Output> => {
    const passes = Number(argv[argv.indexOf("-s") + 1]) + header <= mtu;
    return { stdout: `1 packets transmitted, ${passes ? 1 : 0} received`, exitCode: passes ? 0 : 1 };
  };
  const keep = (_: string, output: Output): void => {
    const role = stdout.mtu === undefined ? "mtu" : `mtu-${Object.keys(stdout).length + 1}`;
    stdout[role] = output.stdout;
    commands[role] = `# on node1; exit code 0\n${quoteArgv(output.argv)}\n`;
  };
  const client = { shell: fakeShell({ ping }), mtu: 1500 };
  const found = await probePathMtu({ client, server: { ip }, keep } as unknown as PairContext);
  expect(found).toBe(mtu);
  expect(storedMtu(outputs(stdout, commands))).toBe(mtu);
});
