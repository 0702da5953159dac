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
import { settle, type Probing } from "./probing.ts";
import { describeDifferences, type Difference } from "./table.ts";
import { answerOf, plannedPods, podObject, questionsOf, worldNamespaces, worldOf } from "./world.ts";

const SPEC = "networking.k8s.io/v1";
const SECTION = "NetworkPolicySpec";

/** What a deleted policy leaves: nothing. Judged with every case. */
const DELETED = {
  id: "policy.deleted",
  sentence: "what a policy closed is open again when it is deleted",
  level: "MUST",
} as const;

export const policy = {
  name: "policy",
  summary: "network policies, case by case, against a computed truth table of pods, namespaces, ports and protocols",
  scope: "checks",
  of: "cluster",
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
    return [...CASES, DELETED].map((one) =>
      result(one, "skip", `unsupported: ${plugin} does not claim to enforce network policies`),
    );
  const { prefix, nodes, image } = deployment;
  await deployment.createNamespaces(worldNamespaces(prefix));
  const planned = plannedPods(prefix, nodes);
  const running = await deployment.createPods(planned.map((pod) => podObject(pod, image)));
  const shells = new Map(running.map(({ namespace, name, shell }) => [answerOf({ namespace, name }), shell]));
  const shellOf = (pod: PolicyPod): Shell => {
    const shell = shells.get(answerOf(pod));
    if (shell === undefined) throw new Error(`pod ${pod.namespace}/${pod.name} was not made`);
    return shell;
  };
  const world = worldOf(
    prefix,
    planned.map((pod, i) => ({ ...pod, ip: running[i]?.ip ?? "" })),
  );
  return judgeCases(deployment, { world, shellOf, keep, signal });
}

async function judgeCases(deployment: ClusterDeployment, probing: Probing): Promise<readonly CheckResult[]> {
  const { world } = probing;
  const results: CheckResult[] = [];
  const total = questionsOf(world).length;
  expectChecked(
    "without any policy",
    await settle(probing, [], "control"),
    total,
    "the network of the pods does not work",
  );
  for (const one of CASES) {
    if (one.since !== undefined && deployment.minorVersion < one.since) {
      results.push(
        result(one, "skip", `Kubernetes serves it since 1.${one.since}; this is 1.${deployment.minorVersion}`),
      );
      continue;
    }
    const policies = one.policies(world);
    await deployment.apply(policies.map(policyObject));
    const differing = await settle(probing, policies, one.id);
    await deployment.removePolicies(Object.keys(world.namespaces));
    expectAnswers(one, differing, total);
    results.push(
      differing.length === 0
        ? result(one, "pass", one.sentence)
        : result(one, "fail", `${one.sentence}: ${describeDifferences(differing, total)}`),
    );
    const left = await settle(probing, [], "control");
    expectAnswers(DELETED, left, total);
    if (left.length > 0) return [...results, ...unreachable(results, one, left, total)];
  }
  return [...results, result(DELETED, "pass", DELETED.sentence)];
}

/** After a policy that does not go away nothing more can be told. */
function unreachable(
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
    result(DELETED, "fail", `${DELETED.sentence}; after ${last.id}: ${describeDifferences(left, total)}`),
  ];
}

function expectChecked(when: string, differing: readonly Difference[], total: number, why: string): void {
  if (differing.length > 0)
    throw new EnvironmentError(
      `the control probe ${when} failed, so nothing can be told about policies (${why}): ${describeDifferences(differing, total)}`,
    );
}

/** A probe that could not see is no verdict. */
function expectAnswers({ id }: Pick<PolicyCase, "id">, differing: readonly Difference[], total: number): void {
  const failed = differing.filter(({ answer }) => answer.state === "failed");
  if (failed.length > 0)
    throw new EnvironmentError(`the check of ${id} itself failed: ${describeDifferences(failed, total)}`);
}

function policyObject({ name, namespace, spec }: Policy): object {
  return { apiVersion: SPEC, kind: "NetworkPolicy", metadata: { name, namespace }, spec };
}

function result(
  { id, level }: Pick<PolicyCase, "id" | "level">,
  status: CheckResult["status"],
  message: string,
): CheckResult {
  return { clause: id, section: SECTION, level, specVersion: SPEC, status, message };
}
