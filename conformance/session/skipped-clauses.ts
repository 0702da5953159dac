/** Clauses that are skipped without a test: excluded by the profile, or impossible to test on this node. */
import { matchesGlob } from "../../core/text.ts";
import type { Shell } from "../../core/shell.ts";
import type { Clause } from "../clauses/clause.ts";
import type { Profile } from "../under-test/profile.ts";
import type { TestResult } from "./test-clause.ts";
import { createTestNode } from "../node/test-node.ts";
import { failureOfAdd } from "./add-probe.ts";
import type { ContextOptions } from "../clauses/clause-context.ts";

/** Options that `ip link add` requires for some link types. */
const LINK_OPTIONS: Readonly<Record<string, readonly string[]>> = { vlan: ["id", "5"], vrf: ["table", "5"] };

/** The result of a clause that is not tested. @param applicable whether the verdict on the plugin stays open */
export function skipResult(clause: Clause, reason: string, applicable: boolean): TestResult {
  return { clause, verdict: { status: "skip", reason, applicable }, calls: [], steps: [] };
}

/** @param addImpossible why ADD cannot succeed on this node, or null. @returns null when the clause can be tested */
export function skipUntestable(
  clause: Clause,
  { exclusive, excluded }: Profile,
  addImpossible: string | null,
): TestResult | null {
  const exclusion = excluded.find(({ clauses }) => clauses.some((glob) => matchesGlob(clause.id, glob)));
  if (exclusion !== undefined) return skipResult(clause, exclusion.reason, false);
  if (addImpossible !== null && (clause.needsAdd ?? true)) return skipResult(clause, addImpossible, true);
  return exclusive && clause.containers === "several"
    ? skipResult(clause, "the plugin serves one container at a time", false)
    : null;
}

/**
 * Why ADD cannot succeed on the node according to the profile, or null. Probes link types: kernel versions do not
 * imply them.
 */
export async function protocolOnlyReason(node: Shell, { protocolOnly, linkTypes }: Profile): Promise<string | null> {
  if (protocolOnly !== undefined) return protocolOnly;
  if (linkTypes.length === 0) return null;
  const testNode = await createTestNode(node);
  try {
    for (const type of linkTypes) {
      const add = ["ip", "link", "add", "link", "eth0", "name", "probe0", "type", type, ...(LINK_OPTIONS[type] ?? [])];
      const { exitCode } = await testNode.shell.exec(add);
      if (exitCode !== 0) return `kernel lacks ${type}`;
    }
    return null;
  } finally {
    await testNode.remove();
  }
}

/** Runs one ADD of a plugin that configured the pods. @returns null when it succeeds on a test node too */
export async function missingAgentReason(options: ContextOptions): Promise<string | null> {
  const failure = await failureOfAdd(options);
  return failure === null
    ? null
    : `ADD works for pods, but not on a test node, where the agent of the plugin does not run: ${failure}`;
}
