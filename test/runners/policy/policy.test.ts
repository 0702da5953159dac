/** The runner as a whole, on a cluster that is played: right, wrong, without support, blind, and with policies that stay. */
import { expect, test } from "vitest";
import type { Output, Shell } from "../../../core/shell.ts";
import type { ClusterDeployment } from "../../../runners/deployment.ts";
import { CASES } from "../../../runners/policy/cases.ts";
import type { Policy, PolicyPod, PolicySpec, Protocol, Topology } from "../../../runners/policy/model.ts";
import { policy } from "../../../runners/policy/policy.ts";
import { allows } from "../../../runners/policy/evaluator.ts";
import { plannedPods, createTopology } from "../../../runners/policy/topology.ts";

interface Played {
  readonly claimsPolicy?: boolean;
  /** Whether a question passes. */
  readonly passes?: (world: Topology, policies: readonly Policy[], question: Parameters<typeof allows>[2]) => boolean;
  /** What every probe says in the place of its answers. */
  readonly says?: string;
  readonly keepsPolicies?: boolean;
}

const PREFIX = "played";
const pods = plannedPods(PREFIX, ["n1", "n2"]).map((pod, i): PolicyPod => ({ ...pod, ip: `10.0.${i}.1` }));
const world = createTopology(PREFIX, pods);

/** A deployment whose pods answer by the rules, or as the options say. */
function play({ claimsPolicy = true, passes = allows, says, keepsPolicies = false }: Played): ClusterDeployment {
  let policies: Policy[] = [];
  const shellOf = (from: PolicyPod): Shell => {
    const answer = (line: string): string => {
      const [protocol = "", ip = "", port = ""] = line.split(" ");
      const to = pods.find((pod) => pod.ip === ip);
      if (to === undefined) return "failed no such pod";
      const open = passes(world, policies, {
        from,
        to,
        protocol: protocol.toUpperCase() as Protocol,
        port: Number(port),
      });
      return says ?? (open ? "open" : "blocked no answer within 1 s");
    };
    const exec = async (argv: readonly string[], { stdin = "" } = {}): Promise<Output> => {
      const stdout = String(stdin).trim().split("\n").map(answer).join("\n");
      return {
        argv,
        where: from.name,
        stdout,
        stderr: "",
        exitCode: 0,
        signal: null,
        duration: 0,
        ended: null,
        startError: null,
      };
    };
    return {
      name: from.name,
      exec,
      start: () => {
        throw new Error("nothing is started");
      },
    };
  };
  return {
    plugin: "played",
    claimsPolicy,
    minorVersion: 20,
    nodes: ["n1", "n2"],
    image: "load:1",
    prefix: PREFIX,
    removeNamespaces: async () => undefined,
    withApi: () => Promise.reject(new Error("nothing is timed")),
    createNamespaces: async () => undefined,
    runPods: () => Promise.reject(new Error("every pod is entered")),
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

const check = (played: Played): ReturnType<typeof policy.run> =>
  policy.run({
    deployment: play(played),
    duration: 1,
    params: {},
    signal: new AbortController().signal,
    keep: () => undefined,
  });

test.concurrent(
  "a cluster that keeps the rules passes every case that its API serves",
  async () => {
    const results = await check({});
    expect(results).toHaveLength(CASES.length + 1);
    const others = results
      .filter(({ status }) => status !== "pass")
      .map(({ clause, status, message }) => `${clause} ${status} ${message}`);
    expect(others).toEqual(["policy.ingress.port.range skip Kubernetes serves it since 1.22; this is 1.20"]);
  },
  60_000,
);

test.concurrent("a plugin that claims no policies is unsupported, and nothing is made", async () => {
  const results = await check({ claimsPolicy: false });
  expect(new Set(results.map(({ status, message }) => `${status} ${message}`))).toEqual(
    new Set(["skip unsupported: played does not claim to enforce network policies"]),
  );
});

test.concurrent(
  "a probe that cannot see is no verdict",
  async () => {
    await expect(check({ says: "failed socket: out of memory" })).rejects.toThrow(
      /^the control probe without any policy failed, so nothing can be told about policies .*: TCP 8080 from played-x\/a to played-x\/b is failed \(socket: out of memory\), must be open; .*of 288 questions$/,
    );
  },
  60_000,
);

test.concurrent(
  "a policy that stays after it was deleted is a failure of that, and ends the tests",
  async () => {
    const results = await check({ keepsPolicies: true });
    expect(results[0]).toMatchObject({ clause: "policy.deny.ingress", status: "pass" });
    expect(results[1]).toMatchObject({
      status: "skip",
      message: "not tested: the policy of policy.deny.ingress is still in force after it was deleted",
    });
    expect(results.at(-1)).toMatchObject({ clause: "policy.deleted", status: "fail" });
    expect(results).toHaveLength(CASES.length + 1);
  },
  60_000,
);
