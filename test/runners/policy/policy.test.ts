/** The runner `policy` on a fake deployment: correct, unsupported, failing probes, and policies that stay in force. */
import { beforeEach, expect, test, vi } from "vitest";
import { systemClock } from "../../../core/clock.ts";
import type { Output, Shell } from "../../../core/shell.ts";
import type { ClusterDeployment } from "../../../runners/deployment.ts";
import { CASES } from "../../../runners/policy/cases.ts";
import type {
  PolicyConnection,
  Policy,
  PolicyPod,
  PolicySpec,
  Protocol,
  Topology,
} from "../../../runners/policy/policy-model.ts";
import { policy } from "../../../runners/policy/policy.ts";
import { allows } from "../../../runners/policy/evaluator.ts";
import { plannedPods, createTopology } from "../../../runners/policy/topology.ts";
import { outputOf } from "../../helpers/fake-host.ts";

interface FakeOptions {
  readonly claimsPolicy?: boolean;
  /** Whether a connection is allowed. Default: as computed. */
  readonly passes?: (topology: Topology, policies: readonly Policy[], connection: PolicyConnection) => boolean;
  /** Result of every probe, instead of the computed one. */
  readonly probeResult?: string;
  readonly keepsPolicies?: boolean;
}

const PREFIX = "fake";
const pods = plannedPods(PREFIX, ["n1", "n2"]).map((pod, i): PolicyPod => ({ ...pod, ip: `10.0.${i}.1` }));
const topology = createTopology(PREFIX, pods);

/** A deployment whose pods return computed probe results, or those of the options. */
function fakeDeployment({
  claimsPolicy = true,
  passes = allows,
  probeResult,
  keepsPolicies = false,
}: FakeOptions): ClusterDeployment {
  let policies: Policy[] = [];
  const shellOf = (from: PolicyPod): Shell => {
    const answer = (line: string): string => {
      const [protocol = "", ip = "", port = ""] = line.split(" ");
      const to = pods.find((pod) => pod.ip === ip);
      if (to === undefined) return "failed no such pod";
      const open = passes(topology, policies, {
        from,
        to,
        protocol: protocol.toUpperCase() as Protocol,
        port: Number(port),
      });
      return probeResult ?? (open ? "open" : "blocked no answer within 1 s");
    };
    const exec = async (argv: readonly string[], { stdin = "" } = {}): Promise<Output> => {
      const stdout = String(stdin).trim().split("\n").map(answer).join("\n");
      return outputOf(argv, { where: from.name, stdout });
    };
    return {
      name: from.name,
      exec,
      start: () => {
        throw new Error("not used: start");
      },
    };
  };
  return {
    plugin: "fake",
    claimsPolicy,
    minorVersion: 20,
    nodes: ["n1", "n2"],
    image: "load:1",
    prefix: PREFIX,
    removeNamespaces: async () => undefined,
    withApi: () => Promise.reject(new Error("not used: withApi")),
    createNamespaces: async () => undefined,
    runPods: () => Promise.reject(new Error("not used: runPods")),
    createPods: async () =>
      pods.map((pod) => ({ namespace: pod.namespace, name: pod.name, ip: pod.ip, shell: shellOf(pod) })),
    apply: async (objects) => {
      policies.push(
        ...objects
          .map((object) => object as { metadata: { name: string; namespace: string }; spec: PolicySpec })
          .map(({ metadata, spec }) => ({ ...metadata, spec })),
      );
    },
    removePolicies: async () => {
      if (!keepsPolicies) policies = [];
    },
  };
}

// A fake clock, so that waiting takes no real time.
beforeEach(() => {
  let seconds = 0;
  vi.spyOn(systemClock, "now").mockImplementation(() => seconds);
  vi.spyOn(systemClock, "sleep").mockImplementation(async (by) => void (seconds += by));
  return () => vi.restoreAllMocks();
});

const check = (options: FakeOptions): ReturnType<typeof policy.run> =>
  policy.run({
    deployment: fakeDeployment(options),
    duration: 1,
    params: {},
    signal: new AbortController().signal,
    keep: () => undefined,
  });

test("a correct cluster passes every case that its API supports", async () => {
  const results = await check({});
  expect(results).toHaveLength(CASES.length + 1);
  const others = results
    .filter(({ status }) => status !== "pass")
    .map(({ clause, status, message }) => `${clause} ${status} ${message}`);
  expect(others).toEqual(["policy.ingress.port.range skip requires Kubernetes 1.22; the cluster has 1.20"]);
});

test("a plugin that does not claim policies is unsupported, and nothing is created", async () => {
  const results = await check({ claimsPolicy: false });
  expect(new Set(results.map(({ status, message }) => `${status} ${message}`))).toEqual(
    new Set(["skip unsupported: fake does not claim to enforce network policies"]),
  );
});

test("a failed probe is not a verdict", async () => {
  await expect(check({ probeResult: "failed socket: out of memory" })).rejects.toThrow(
    /^the control probe .*: TCP 8080 from fake-x\/a to fake-x\/b .*\(socket: out of memory\), .*of 288 connections$/,
  );
});

test("a deleted policy that remains in force is a failure and stops the tests", async () => {
  const results = await check({ keepsPolicies: true });
  expect(results[0]).toMatchObject({ clause: "policy.deny.ingress", status: "pass" });
  expect(results[1]).toMatchObject({
    status: "skip",
    message: "not tested: the policy of policy.deny.ingress is still in force after it was deleted",
  });
  expect(results.at(-1)).toMatchObject({ clause: "policy.deleted", status: "fail" });
  expect(results).toHaveLength(CASES.length + 1);
});
