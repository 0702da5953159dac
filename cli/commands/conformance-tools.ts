/** The tools of `cnibench conformance`: required ones, and iptables, without which only some clauses are skipped. */
import type { ClusterKind } from "../../clusters/cluster-kind.ts";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { ToolName } from "../../tools/catalog.ts";
import { missingTools } from "../../tools/describe.ts";
import { needsReferencePlugins, type TargetFlags } from "./conformance-target.ts";
import { requireTools } from "../tools.ts";

/** Plugins configure the firewall with it, and tests list and delete its rules. */
const RECOMMENDED = ["iptables"] as const satisfies readonly ToolName[];

/** @throws UsageError when a target cannot be described */
export function conformanceTools(
  kind: ClusterKind,
  plugins: readonly string[],
  flags: TargetFlags,
): readonly ToolName[] {
  const reference = kind.api === "kubernetes" || needsReferencePlugins(plugins, flags);
  return reference ? ["cni-plugins", "jq"] : ["jq"];
}

/**
 * Fetches missing tools with the user's consent; continues without the recommended ones.
 * @throws EnvironmentError when a required tool is missing and is not fetched
 */
export async function prepareTools(required: readonly ToolName[], yes: boolean, signal: AbortSignal): Promise<void> {
  try {
    await requireTools([...required, ...RECOMMENDED], yes, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof EnvironmentError) || missingTools(required).length > 0) throw error;
    process.stderr.write(`${messageOf(error)}\nskipping the clauses that need ${RECOMMENDED.join(", ")}\n`);
  }
}
