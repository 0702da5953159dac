/** The truth table of network policies with real packets, without enforcement and with manual rules on the nodes. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { removeOwnNamespaces } from "../../../clusters/kubeconfig/clean.ts";
import { localShell } from "../../../core/local.ts";
import { run } from "../../../core/shell.ts";
import { clusterDeploymentOf } from "../../../engine/deploy/kubernetes/cluster-deployment.ts";
import { plugins } from "../../../plugins/index.ts";
import { CASES } from "../../../runners/policy/cases.ts";
import type { Policy, Topology } from "../../../runners/policy/policy-model.ts";
import { probeUntilSettled, type Probing } from "../../../runners/policy/probing.ts";
import {
  answerOfServer,
  plannedPods,
  serverPod,
  topologyNamespaces,
  createTopology,
} from "../../../runners/policy/topology.ts";
import { LOAD } from "./images.ts";
import { administrator, noSharedCluster, pluginCluster } from "./shared-clusters.ts";

const { signal } = new AbortController();
const CHAIN = "CNIBENCH-TEST";

/** Manually written iptables rules for new connections that enforce the policy of a case. */
const MANUAL_RULES: Readonly<
  Record<string, (ip: (team: string, pod?: string) => string) => readonly (readonly string[])[]>
> = {
  "policy.deny.ingress.one": (ip) => [["-d", ip("x", "a"), "-j", "REJECT"]],
  "policy.ingress.namespace": (ip) => [
    ["-s", ip("y"), "-d", ip("x"), "-j", "RETURN"],
    ["-d", ip("x"), "-j", "DROP"],
  ],
  "policy.ingress.port.udp": (ip) => [
    ["-p", "udp", "--dport", "8080", "-d", ip("x"), "-j", "RETURN"],
    ["-d", ip("x"), "-j", "DROP"],
  ],
  "policy.egress.pod": (ip) => [
    ["-s", ip("x"), "-d", ip("x", "b"), "-j", "RETURN"],
    ["-s", ip("x"), "-j", "DROP"],
  ],
};

describe.skipIf(noSharedCluster)("policies on a cluster without enforcement", () => {
  let probing: Probing;
  let deployment: ReturnType<typeof clusterDeploymentOf>;

  beforeAll(async () => {
    const nodes = pluginCluster().nodes.map((name) => ({ name }));
    deployment = clusterDeploymentOf(
      plugins.simplecni,
      { kubectl: administrator(), nodes, loadImage: LOAD, version: "v1.20.0" },
      signal,
    );
    await deployment.createNamespaces(topologyNamespaces(deployment.prefix));
    const planned = plannedPods(deployment.prefix, deployment.nodes);
    const running = await deployment.createPods(planned.map((pod) => serverPod(pod, LOAD)));
    const shells = new Map(running.map(({ namespace, name, shell }) => [answerOfServer({ namespace, name }), shell]));
    const topology = createTopology(
      deployment.prefix,
      planned.map((pod, i) => ({ ...pod, ip: running[i]?.ip ?? "" })),
    );
    probing = {
      topology,
      shellOf: (pod) => shells.get(answerOfServer(pod)) ?? localShell(),
      keep: () => undefined,
      signal,
    };
    await onNodes(["-N", CHAIN]);
    await onNodes(["-I", "FORWARD", "-m", "conntrack", "--ctstate", "NEW", "-j", CHAIN]);
  }, 120_000);

  afterAll(async () => {
    await onNodes(["-D", "FORWARD", "-m", "conntrack", "--ctstate", "NEW", "-j", CHAIN]);
    await onNodes(["-F", CHAIN]);
    await onNodes(["-X", CHAIN]);
    await removeOwnNamespaces(administrator());
  }, 120_000);

  test("reports the connections that a policy should block as open, and no others", async () => {
    expect(await probeUntilSettled(probing, [], "control")).toEqual([]);
    const policies = policiesOf("policy.deny.ingress.one");
    await deployment.apply(
      policies.map(({ name, namespace, spec }) => ({
        apiVersion: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        metadata: { name, namespace },
        spec,
      })),
    );
    const differing = await probeUntilSettled(probing, policies, "unenforced");
    await deployment.removePolicies(Object.keys(probing.topology.namespaces));
    expect(
      new Set(
        differing.map(
          ({ connection: { to }, expected, result }) => `${answerOfServer(to)} ${result.state}, not ${expected}`,
        ),
      ),
    ).toEqual(new Set([`${deployment.prefix}-x.a open, not blocked`]));
    expect(differing).toHaveLength(8 * 4); // from every other pod, two ports of two protocols
  });

  test.each(Object.entries(MANUAL_RULES))("%s with manual rules matches the computed table", async (id, rules) => {
    for (const rule of rules(addressesOf(probing.topology))) await onNodes(["-A", CHAIN, ...rule]);
    const differing = await probeUntilSettled(probing, policiesOf(id), id);
    await onNodes(["-F", CHAIN]);
    expect(
      differing.map(
        ({ connection: { from, to, protocol, port }, result }) =>
          `${protocol} ${port} ${answerOfServer(from)} ${answerOfServer(to)} ${result.state}`,
      ),
    ).toEqual([]);
    expect(await probeUntilSettled(probing, [], "open again")).toEqual([]);
  });

  function policiesOf(id: string): readonly Policy[] {
    const found = CASES.find((one) => one.id === id);
    if (found === undefined) throw new Error(`unknown case ${id}`);
    return found.policies(probing.topology);
  }
});

/** Returns the addresses of a team's pods in the format of iptables. */
function addressesOf({ pods }: Topology): (team: string, pod?: string) => string {
  return (team, pod) =>
    pods
      .filter(({ namespace, name }) => namespace.endsWith(`-${team}`) && (pod ?? name) === name)
      .map(({ ip }) => ip)
      .join(",");
}

async function onNodes(args: readonly string[]): Promise<void> {
  for (const node of pluginCluster().nodes) await run(localShell(), ["docker", "exec", node, "iptables", ...args]);
}
