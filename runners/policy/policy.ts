/**
 * Runner `policy`: a truth table of pods, namespaces, ports and protocols, case by case, against what the policies must let through.
 *
 * Before each case everything must be open without a policy: only then does "closed" mean that a policy closed it.
 */
import { EnvironmentError } from "../../core/errors.ts";
import type { CheckResult } from "../../core/model.ts";
import type { Shell } from "../../core/shell.ts";
import type { ClusterDeployment } from "../deployment.ts";
import type { ClusterCheckRunner, ClusterContext } from "../runner.ts";
import { CASES, type PolicyCase } from "./cases.ts";
import type { Policy, PolicyPod } from "./model.ts";
import { probeUntilSettled, type Probing } from "./probing.ts";
import { describeDifferences, type Difference } from "./truth-table.ts";
import {
  answerOfServer,
  plannedPods,
  podObject,
  allConnections,
  topologyNamespaces,
  createTopology,
} from "./topology.ts";

const API_VERSION = "networking.k8s.io/v1";
const SECTION = "NetworkPolicySpec";

/** What a deleted policy leaves: nothing. Judged with every case. */
const DELETED_CASE = {
  id: "policy.deleted",
  sentence: "what a policy closed is open again when it is deleted",
  level: "MUST",
} as const;

export const policy = {
  name: "policy",
  summary: "network policies, case by case, against a computed truth table of pods, namespaces, ports and protocols",
  scope: "checks",
  target: "cluster",
  tools: ["kubectl"],
  params: {},
  estimate: () => 6 * CASES.length,
  run: checkPolicies,
} as const satisfies ClusterCheckRunner;

/** @throws EnvironmentError when the check itself goes wrong, for then there is no verdict. */
async function checkPolicies(context: ClusterContext): Promise<readonly CheckResult[]> {
  const { deployment, keep, signal } = context;
  const { plugin, claimsPolicy } = deployment;
  if (!claimsPolicy)
    return [...CASES, DELETED_CASE].map((one) =>
      result(one, "skip", `unsupported: ${plugin} does not claim to enforce network policies`),
    );
  const { prefix, nodes, image } = deployment;
  await deployment.createNamespaces(topologyNamespaces(prefix));
  const planned = plannedPods(prefix, nodes);
  const running = await deployment.createPods(planned.map((pod) => podObject(pod, image)));
  const shells = new Map(running.map(({ namespace, name, shell }) => [answerOfServer({ namespace, name }), shell]));
  const shellOf = (pod: PolicyPod): Shell => {
    const shell = shells.get(answerOfServer(pod));
    if (shell === undefined) throw new Error(`pod ${pod.namespace}/${pod.name} was not made`);
    return shell;
  };
  const world = createTopology(
    prefix,
    planned.map((pod, i) => ({ ...pod, ip: running[i]?.ip ?? "" })),
  );
  return checkCases(deployment, { topology: world, shellOf, keep, signal });
}

async function checkCases(deployment: ClusterDeployment, probing: Probing): Promise<readonly CheckResult[]> {
  const { topology: world } = probing;
  const results: CheckResult[] = [];
  const total = allConnections(world).length;
  requireControlProbe(
    "without any policy",
    await probeUntilSettled(probing, [], "control"),
    total,
    "the network of the pods does not work",
  );
  for (const one of CASES) {
    if (one.sinceMinorVersion !== undefined && deployment.minorVersion < one.sinceMinorVersion) {
      results.push(
        result(
          one,
          "skip",
          `Kubernetes serves it since 1.${one.sinceMinorVersion}; this is 1.${deployment.minorVersion}`,
        ),
      );
      continue;
    }
    const policies = one.policies(world);
    await deployment.apply(policies.map(policyObject));
    const differing = await probeUntilSettled(probing, policies, one.id);
    await deployment.removePolicies(Object.keys(world.namespaces));
    requireProbeResults(one, differing, total);
    results.push(
      differing.length === 0
        ? result(one, "pass", one.sentence)
        : result(one, "fail", `${one.sentence}: ${describeDifferences(differing, total)}`),
    );
    const left = await probeUntilSettled(probing, [], "control");
    requireProbeResults(DELETED_CASE, left, total);
    if (left.length > 0) return [...results, ...resultsAfterStuckPolicy(results, one, left, total)];
  }
  return [...results, result(DELETED_CASE, "pass", DELETED_CASE.sentence)];
}

/** After a policy that does not go away nothing more can be told. */
function resultsAfterStuckPolicy(
  results: readonly CheckResult[],
  last: PolicyCase,
  left: readonly Difference[],
  total: number,
): CheckResult[] {
  const rest = CASES.slice(results.length).map((one) =>
    result(one, "skip", `not tested: the policy of ${last.id} is still in force after it was deleted`),
  );
  return [
    ...rest,
    result(DELETED_CASE, "fail", `${DELETED_CASE.sentence}; after ${last.id}: ${describeDifferences(left, total)}`),
  ];
}

function requireControlProbe(when: string, differing: readonly Difference[], total: number, why: string): void {
  if (differing.length > 0)
    throw new EnvironmentError(
      `the control probe ${when} failed, so nothing can be told about policies (${why}): ${describeDifferences(differing, total)}`,
    );
}

/** A probe that could not see is no verdict. */
function requireProbeResults({ id }: Pick<PolicyCase, "id">, differing: readonly Difference[], total: number): void {
  const failed = differing.filter(({ result: answer }) => answer.state === "failed");
  if (failed.length > 0)
    throw new EnvironmentError(`the check of ${id} itself failed: ${describeDifferences(failed, total)}`);
}

function policyObject({ name, namespace, spec }: Policy): object {
  return { apiVersion: API_VERSION, kind: "NetworkPolicy", metadata: { name, namespace }, spec };
}

function result(
  { id, level }: Pick<PolicyCase, "id" | "level">,
  status: CheckResult["status"],
  message: string,
): CheckResult {
  return { clause: id, section: SECTION, level, specVersion: API_VERSION, status, message };
}
