/** The conformance runner: what `run` checks of a plugin that is deployed on a bare cluster. */
import { commandOf } from "../../cni/command-line.ts";
import { PluginFinder } from "../../cni/find.ts";
import type { NetworkConfigList } from "../../cni/types.ts";
import { EnvironmentError } from "../../core/errors.ts";
import type { CheckResult } from "../../core/model.ts";
import { inParallel } from "../../core/parallel.ts";
import type { DeploymentContext, NodeCheckRunner } from "../runner.ts";
import { applies, levelAt, type Clause } from "./clause.ts";
import { CLAUSES } from "./clauses/index.ts";
import { testClause, type Tested, type Verdict } from "./suite.ts";
import { guessProfile } from "./profile.ts";
import { PROTOCOL } from "./run.ts";
import type { Subject } from "./subject.ts";
import type { TrialOptions } from "./trial.ts";
import { whyUnserved } from "./unserved.ts";

/** What a benchmark checks beside its numbers: seconds for each plugin and block, not the whole suite. */
const CORE_IDS = [
  "version.ok",
  "version.shape",
  "version.echo",
  "version.list.semver",
  "version.list.truth.listed",
  "version.list.truth.unlisted",
  "version.noenv",
  "version.pure",
  "add.result.version",
  "add.result.interfaces.container",
  "add.result.interfaces.exist",
  "add.result.interfaces.mac",
  "add.result.interfaces.sandbox",
  "add.result.ips.onlink",
  "add.result.ips.index",
  "add.result.ips.complete",
  "add.result.ips.gateway",
  "add.result.ips.unique",
  "add.result.routes.installed",
  "add.creates",
  "add.up",
  "del.ok",
  "del.link",
  "del.lease",
  "del.idempotent",
  "del.never-added",
  "check.after-add",
  "check.repeat",
  "check.pure",
  "check.tamper.link-deleted",
  "check.tamper.ip-removed",
];
const CORE = CLAUSES.filter(({ id }) => CORE_IDS.includes(id));

/** Tests at a time: each has surroundings of its own. */
const JOBS = 3;

export const conformance = {
  name: "conformance",
  summary: "the CNI specification, clause by clause: what ADD says and does, CHECK, DEL, VERSION",
  scope: "checks",
  of: "node",
  tools: ["ip", "unshare", "nsenter"],
  params: {},
  estimate: () => 5,
  run: checkDeployment,
} as const satisfies NodeCheckRunner;

/** @throws EnvironmentError when a test itself goes wrong, for then there is no verdict. */
async function checkDeployment({ deployment, keep, signal }: DeploymentContext): Promise<readonly CheckResult[]> {
  const { network, pluginPath, node, plugin, daemonState = "", installed = false } = deployment;
  const executables = await new PluginFinder(node.shell, pluginPath).find(network.plugins.map(({ type }) => type));
  const subject: Subject = {
    ...guessProfile(network),
    name: plugin,
    list: network,
    pluginPath,
    executables,
    prepare: daemonState,
  };
  const clauses = CORE.filter((candidate) => applies(candidate, network.cniVersion, subject.kinds));
  const options: TrialOptions = { node: node.shell, subject, signal };
  const lacking = installed ? await whyUnserved(options) : null;
  const results = new Map<string, CheckResult>();
  await inParallel(clauses, JOBS, async (clause) => {
    const tested =
      lacking === null || PROTOCOL.test(clause.id) ? await testClause(clause, options) : skipped(clause, lacking);
    for (const [i, invocation] of tested.calls.entries())
      keep(`${clause.id}-${i + 1}`, invocation.output, commandOf(invocation));
    results.set(clause.id, resultOf(tested, network));
  });
  return clauses.flatMap(({ id }) => results.get(id) ?? []);
}

function skipped(clause: Clause, reason: string): Tested {
  return { clause, verdict: { status: "skip", reason, applicable: true }, calls: [], steps: [] };
}

function resultOf({ clause, verdict }: Tested, { cniVersion }: NetworkConfigList): CheckResult {
  if (verdict.status === "error")
    throw new EnvironmentError(`the test of clause ${clause.id} went wrong: ${verdict.reason}`);
  const { status } = verdict;
  return {
    clause: clause.id,
    section: clause.section,
    level: levelAt(clause, cniVersion),
    specVersion: cniVersion,
    status,
    message: messageOf(verdict, clause.sentence),
  };
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
