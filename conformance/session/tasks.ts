/**
 * The work of a conformance run: one task per clause and version, tested in the plugin's configuration and its
 * variants.
 */
import { type NetworkConfigList, SPEC_VERSIONS, type SpecVersion, withVersion } from "../../cni/index.ts";
import { groupBy } from "../../core/group.ts";
import { matchesGlob } from "../../core/text.ts";
import type { Shell } from "../../core/shell.ts";
import { applies, type Clause } from "../clauses/clause.ts";
import { CLAUSES } from "../clauses/index.ts";
import { missingToolReason, namesFirewallTool } from "../node/firewall-tools.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import type { Profile } from "../under-test/profile.ts";
import type { ContextOptions } from "../clauses/clause-context.ts";
import { testClause, type TestResult } from "./test-clause.ts";

/** One clause in one version, with every configuration that it is tested in. */
export interface ClauseTask {
  readonly clause: Clause;
  readonly underTest: PluginUnderTest;
  readonly variants: readonly TaskVariant[];
}

interface TaskVariant {
  readonly name: string;
  readonly underTest: PluginUnderTest;
  readonly needsFirewall: boolean;
}

/** The clauses to test. */
export interface Selection {
  readonly profile: Profile;
  /** Comma-separated ids, `*` matches any characters. Default: all. */
  readonly only?: string;
  /** Default: false, one plugin of the list. */
  readonly entireChain?: boolean;
}

/** @param binaries types of plugins and their paths on the node */
export function createTasks(
  underTest: PluginUnderTest,
  version: SpecVersion,
  binaries: ReadonlyMap<string, string>,
  { profile, only = "*", entireChain = false }: Selection,
): readonly ClauseTask[] {
  const at = (list: NetworkConfigList): PluginUnderTest => ({
    ...underTest,
    list: withVersion(list, version),
    executables: list.plugins.map(({ type }) => binaries.get(type) ?? ""),
  });
  const selected = CLAUSES.filter(
    (clause) =>
      applies(clause, version, underTest.kinds) &&
      only.split(",").some((glob) => matchesGlob(clause.id, glob)) &&
      (!entireChain || clause.chain === "whole"),
  );
  return selected.map((clause) => ({
    clause,
    underTest: at(underTest.list),
    variants: profile.variants
      .filter(({ covers }) => covers(clause))
      .map((variant) => ({
        name: variant.name,
        underTest: {
          ...at(variant.list),
          ...(variant.offeredCapabilities !== undefined && { offeredCapabilities: variant.offeredCapabilities }),
        },
        needsFirewall: variant.needsFirewall ?? false,
      })),
  }));
}

/**
 * Groups the indexes of tasks, the newest version first. The tasks of a clause that does not depend on the version are
 * one group, because the result of its first task is that of the others; any other task is a group of its own.
 */
export function groupTasks(tasks: readonly ClauseTask[]): readonly (readonly number[])[] {
  const age = (i: number): number => -SPEC_VERSIONS.indexOf(versionOf(tasks[i] as ClauseTask));
  const newestFirst = [...tasks.keys()].sort((a, b) => age(a) - age(b));
  const groups = groupBy(newestFirst, (i) => {
    const { clause } = tasks[i] as ClauseTask;
    return (clause.dependsOnVersion ?? true) ? `${i}` : clause.id;
  });
  return [...groups.values()];
}

export function versionOf({ underTest }: ClauseTask): SpecVersion {
  return underTest.list.cniVersion;
}

/** Where a task runs. */
export type TaskNode = Omit<ContextOptions, "underTest">;

/** Tests the clause in the plugin's configuration, and in each variant until it fails in one. */
export async function runTask(task: ClauseTask, where: TaskNode): Promise<TestResult> {
  const { clause, underTest, variants } = task;
  const { node } = where;
  let result = await skipIfToolMissing(await testClause(clause, { ...where, underTest }), node);
  let untested: TestResult | null = null;
  for (const variant of variants) {
    if (result.verdict.status === "fail" || result.verdict.status === "error") return result;
    const other = await testVariant(clause, variant, where);
    if (other.toolMissing) untested ??= other.result;
    else result = combine(result, other.result);
  }
  // A pass without a variant that lacked a tool would be incomplete.
  return untested !== null && !staysOpen(result) ? untested : result;
}

interface VariantResult {
  readonly result: TestResult;
  /** Whether the variant needs a firewall tool that the node lacks: so the result is inconclusive. */
  readonly toolMissing: boolean;
}

async function testVariant(
  clause: Clause,
  { name, underTest, needsFirewall }: TaskVariant,
  where: TaskNode,
): Promise<VariantResult> {
  const { node } = where;
  const tested = await testClause(clause, { ...where, underTest });
  const result = needsFirewall
    ? await skipIfToolMissing(tested, node, openSkip(tested) ?? firewallFailure(tested))
    : tested;
  if (result !== tested) return { result, toolMissing: true };
  const { verdict } = result;
  if (verdict.status !== "fail") return { result, toolMissing: false };
  const expected = `${verdict.expected} (configuration: ${name})`;
  return { result: { ...result, verdict: { ...verdict, expected } }, toolMissing: false };
}

/** The reason of a skip that leaves the verdict open: a variant may cause it by rules that the plugin cannot set. */
function openSkip({ verdict }: TestResult): string | null {
  return verdict.status === "skip" && verdict.applicable ? verdict.reason : null;
}

/** A failure whose message names a firewall tool. */
function firewallFailure({ verdict }: TestResult): string | null {
  return verdict.status === "fail" && namesFirewallTool(verdict.got) ? verdict.got : null;
}

/** Turns a failure into a skip if the plugin failed because the node lacks iptables or nft. */
async function skipIfToolMissing(
  result: TestResult,
  node: Shell,
  failure: string | null = firewallFailure(result),
): Promise<TestResult> {
  const reason = failure === null ? null : await missingToolReason(node, failure);
  return reason === null ? result : { ...result, verdict: { status: "skip", reason, applicable: true } };
}

/** A variant may test a clause that the plugin's own configuration cannot. */
function combine(result: TestResult, variant: TestResult): TestResult {
  const { status } = variant.verdict;
  return status === "fail" || (status === "pass" && result.verdict.status === "skip") ? variant : result;
}

/** Reports whether the result leaves the verdict on the plugin open, or decides it against the plugin. */
function staysOpen({ verdict }: TestResult): boolean {
  return verdict.status === "skip" ? verdict.applicable : verdict.status !== "pass";
}
