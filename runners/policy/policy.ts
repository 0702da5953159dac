/**
 * Runner `policy`: applies the policies of each case and compares all connections with a computed truth table.
 *
 * All connections must be open before each case. Otherwise, a blocked connection might have another cause than a
 * policy.
 */
import { EnvironmentError } from "../../core/errors.ts";
import type { ClauseResult } from "../../results/index.ts";
import type { Shell } from "../../core/shell.ts";
import { networkPolicyObject } from "../../kubernetes/index.ts";
import type { ClusterDeployment } from "../deployment.ts";
import type { ClusterCheckRunner, ClusterContext } from "../runner.ts";
import type { PolicyCase } from "./case-builders.ts";
import { CASES } from "./cases.ts";
import type { Policy, PolicyPod } from "./policy-model.ts";
import { probeUntilSettled, type Probing } from "./probing.ts";
import { describeDifferences, type Difference } from "./truth-table.ts";
import {
  answerOfServer,
  plannedPods,
  serverPod,
  allConnections,
  topologyNamespaces,
  createTopology,
} from "./topology.ts";

const API_VERSION = "networking.k8s.io/v1";
const SECTION = "NetworkPolicySpec";

/** A deleted policy has no effect. Checked after every case. */
const DELETED_CASE = {
  id: "policy.deleted",
  sentence: "connections that a policy blocked are open again after its deletion",
  level: "MUST",
} as const;

export const policy = {
  name: "policy",
  summary: "network policies, compared with a computed truth table of pods, namespaces, ports and protocols",
  scope: "checks",
  target: "cluster",
  tools: ["kubectl"],
  params: {},
  estimate: () => 6 * CASES.length,
  run: checkPolicies,
} as const satisfies ClusterCheckRunner;

/** @throws EnvironmentError if the check itself fails, because it has no verdict then */
async function checkPolicies(context: ClusterContext): Promise<readonly ClauseResult[]> {
  const { deployment, keep, signal } = context;
  const { plugin, claimsPolicy } = deployment;
  if (!claimsPolicy)
    return [...CASES, DELETED_CASE].map((one) =>
      checkResult(one, "skip", `unsupported: ${plugin} does not claim to enforce network policies`),
    );
  const { prefix, nodes, image } = deployment;
  await deployment.createNamespaces(topologyNamespaces(prefix));
  const planned = plannedPods(prefix, nodes);
  const running = await deployment.createPods(planned.map((pod) => serverPod(pod, image)));
  const shells = new Map(running.map(({ namespace, name, shell }) => [answerOfServer({ namespace, name }), shell]));
  const shellOf = (pod: PolicyPod): Shell => {
    const shell = shells.get(answerOfServer(pod));
    if (shell === undefined) throw new Error(`pod ${pod.namespace}/${pod.name} was not created`);
    return shell;
  };
  const topology = createTopology(
    prefix,
    planned.map((pod, i) => ({ ...pod, ip: running[i]?.ip ?? "" })),
  );
  return checkCases(deployment, { topology, shellOf, keep, signal });
}

async function checkCases(deployment: ClusterDeployment, probing: Probing): Promise<readonly ClauseResult[]> {
  const { topology } = probing;
  const results: ClauseResult[] = [];
  const total = allConnections(topology).length;
  requireControlProbe(await probeUntilSettled(probing, [], "control"), total);
  for (const one of CASES) {
    if (one.sinceMinorVersion !== undefined && deployment.minorVersion < one.sinceMinorVersion) {
      results.push(
        checkResult(
          one,
          "skip",
          `requires Kubernetes 1.${one.sinceMinorVersion}; the cluster has 1.${deployment.minorVersion}`,
        ),
      );
      continue;
    }
    const policies = one.policies(topology);
    await deployment.apply(policies.map(policyObject));
    const differing = await probeUntilSettled(probing, policies, one.id);
    await deployment.removePolicies(Object.keys(topology.namespaces));
    requireProbeResults(one, differing, total);
    results.push(
      differing.length === 0
        ? checkResult(one, "pass", one.sentence)
        : checkResult(one, "fail", `${one.sentence}: ${describeDifferences(differing, total)}`),
    );
    const remaining = await probeUntilSettled(probing, [], "control");
    requireProbeResults(DELETED_CASE, remaining, total);
    if (remaining.length > 0) return [...results, ...resultsAfterStuckPolicy(results, one, remaining, total)];
  }
  return [...results, checkResult(DELETED_CASE, "pass", DELETED_CASE.sentence)];
}

/** Returns the results of the remaining cases, which cannot be tested while a deleted policy is still in force. */
function resultsAfterStuckPolicy(
  results: readonly ClauseResult[],
  last: PolicyCase,
  remaining: readonly Difference[],
  total: number,
): ClauseResult[] {
  const rest = CASES.slice(results.length).map((one) =>
    checkResult(one, "skip", `not tested: the policy of ${last.id} is still in force after it was deleted`),
  );
  return [
    ...rest,
    checkResult(
      DELETED_CASE,
      "fail",
      `${DELETED_CASE.sentence}; after ${last.id}: ${describeDifferences(remaining, total)}`,
    ),
  ];
}

function requireControlProbe(differing: readonly Difference[], total: number): void {
  if (differing.length > 0)
    throw new EnvironmentError(
      "the control probe without policies failed; policy results would be meaningless " +
        `(the pod network does not work): ${describeDifferences(differing, total)}`,
    );
}

/** A failed probe is not a verdict. */
function requireProbeResults({ id }: Pick<PolicyCase, "id">, differing: readonly Difference[], total: number): void {
  const failed = differing.filter(({ result }) => result.state === "failed");
  if (failed.length > 0)
    throw new EnvironmentError(`the check of ${id} itself failed: ${describeDifferences(failed, total)}`);
}

function policyObject({ name, namespace, spec }: Policy): object {
  return networkPolicyObject({ name, namespace }, spec);
}

function checkResult(
  { id, level }: Pick<PolicyCase, "id" | "level">,
  status: ClauseResult["status"],
  message: string,
): ClauseResult {
  return { clause: id, section: SECTION, level, specVersion: API_VERSION, status, message };
}
