/** The conformance runner: checks that `cnibench run` makes on the node of a deployed plugin. */
import { reproduceCommand } from "../cni/command-line.ts";
import { PluginFinder } from "../cni/find.ts";
import type { NetworkConfigList } from "../cni/types.ts";
import { EnvironmentError } from "../core/errors.ts";
import type { CheckResult } from "../core/model.ts";
import { inParallel } from "../core/parallel.ts";
import type { DeploymentContext, NodeCheckRunner } from "./runner.ts";
import { applies, levelAt } from "../conformance/clauses/clause.ts";
import { CLAUSES } from "../conformance/clauses/index.ts";
import { testClause, type ClauseResult, type Verdict } from "../conformance/session/test-clause.ts";
import { guessProfile } from "../conformance/under-test/profile.ts";
import { skipResult, missingAgentReason } from "../conformance/session/skipped-clauses.ts";
import type { PluginUnderTest } from "../conformance/under-test/plugin-under-test.ts";
import type { ContextOptions } from "../conformance/clauses/clause-context.ts";

/** The subset of the suite that a benchmark checks: it takes seconds for each plugin and block. */
const CORE_CLAUSES = CLAUSES.filter(({ core = false }) => core);

/** Each test has its own test node, so tests do not disturb each other. */
const CONCURRENT_TESTS = 3;

export const conformance = {
  name: "conformance",
  summary: "CNI specification, clause by clause: ADD, CHECK, DEL, VERSION",
  scope: "checks",
  target: "node",
  tools: ["ip", "unshare", "nsenter"],
  params: {},
  estimate: () => 5,
  run: checkDeployment,
} as const satisfies NodeCheckRunner;

/** @throws EnvironmentError when a test itself fails: its clause has no verdict */
async function checkDeployment({ deployment, keep, signal }: DeploymentContext): Promise<readonly CheckResult[]> {
  const { network, pluginPath, node, plugin, daemonState = "", servesKubernetes = false } = deployment;
  const executables = await new PluginFinder(node.shell, pluginPath).find(network.plugins.map(({ type }) => type));
  const underTest: PluginUnderTest = {
    ...guessProfile(network),
    name: plugin,
    list: network,
    pluginPath,
    executables,
    prepare: daemonState,
  };
  const clauses = CORE_CLAUSES.filter((candidate) => applies(candidate, network.cniVersion, underTest.kinds));
  const options: ContextOptions = { node: node.shell, underTest, signal };
  const agentMissing = servesKubernetes ? await missingAgentReason(options) : null;
  const results = new Map<string, CheckResult>();
  await inParallel(clauses, CONCURRENT_TESTS, async (clause) => {
    const result =
      agentMissing === null || clause.needsAdd === false
        ? await testClause(clause, options)
        : skipResult(clause, agentMissing, true);
    for (const [i, invocation] of result.calls.entries())
      keep(`${clause.id}-${i + 1}`, invocation.output, reproduceCommand(invocation));
    results.set(clause.id, toCheckResult(result, network));
  });
  return clauses.flatMap(({ id }) => results.get(id) ?? []);
}

function toCheckResult({ clause, verdict }: ClauseResult, { cniVersion }: NetworkConfigList): CheckResult {
  if (verdict.status === "error")
    throw new EnvironmentError(`the test of clause ${clause.id} failed: ${verdict.reason}`);
  const { status } = verdict;
  return {
    clause: clause.id,
    section: clause.section,
    level: levelAt(clause, cniVersion),
    specVersion: cniVersion,
    status,
    message: verdictMessage(verdict, clause.sentence),
  };
}

function verdictMessage(verdict: Exclude<Verdict, { status: "error" }>, sentence: string): string {
  switch (verdict.status) {
    case "pass":
      return sentence;
    case "skip":
      return verdict.reason;
    case "fail":
      return `expected ${verdict.expected}; got ${verdict.got}`;
  }
}
