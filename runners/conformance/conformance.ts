/** The conformance runner: what `run` checks of a plugin that is deployed on a bare cluster. */
import { PluginFinder } from "../../cni/find.ts";
import { isObject } from "../../cni/json.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { CheckResult } from "../../core/model.ts";
import type { CheckRunner, DeploymentContext } from "../runner.ts";
import { applies, levelAt, type Kind } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import { testClause, type Tested, type Verdict } from "./suite.ts";
import type { Subject } from "./trial.ts";

export const conformance = {
  name: "conformance",
  summary: "the CNI specification, clause by clause: what ADD says and does, CHECK, DEL, VERSION",
  scope: "checks",
  tools: ["ip", "unshare", "nsenter"],
  params: {},
  estimate: () => 8,
  run: runConformance,
} as const satisfies CheckRunner;

/** @throws EnvironmentError when a test itself goes wrong, for then there is no verdict. */
async function runConformance({ deployment, keep, signal }: DeploymentContext): Promise<readonly CheckResult[]> {
  const { network, pluginPath, node } = deployment;
  const executables = await new PluginFinder(node.shell, pluginPath).find(network.plugins.map(({ type }) => type));
  const subject: Subject = { name: deployment.plugin, list: network, pluginPath, executables };
  const kinds = kindsOf(network);
  const results: CheckResult[] = [];
  for (const clause of CLAUSES.filter((candidate) => applies(candidate, network.cniVersion, kinds))) {
    const tested = await testClause(clause, { node: node.shell, subject, signal });
    for (const [i, { output }] of tested.calls.entries()) keep(`${clause.id}-${i + 1}`, output);
    results.push(resultOf(tested, network));
  }
  return results;
}

/** A deployed network makes interfaces for pods; it delegates when its first plugin names an IPAM plugin. */
function kindsOf(network: NetworkConfigList): readonly Kind[] {
  const ipam = network.plugins[0]?.raw.ipam;
  const delegates = isObject(ipam) && typeof ipam.type === "string" && ipam.type !== "";
  return delegates ? ["interface", "delegating"] : ["interface"];
}

function resultOf({ clause, verdict }: Tested, { cniVersion }: NetworkConfigList): CheckResult {
  if (verdict.status === "error") throw new EnvironmentError(`the test of clause ${clause.id} went wrong: ${verdict.reason}`);
  const { status } = verdict;
  return { clause: clause.id, section: clause.section, level: levelAt(clause, cniVersion), specVersion: cniVersion, status, message: messageOf(verdict, clause.sentence) };
}

function messageOf(verdict: Exclude<Verdict, { status: "error" }>, sentence: string): string {
  switch (verdict.status) {
    case "pass":
      return sentence;
    case "skip":
      return verdict.reason;
    case "fail":
      return `expected ${verdict.expected}; got ${verdict.got}`;
  }
}
