/** The tools of `cnibench conformance`: required ones, and iptables, without which only some clauses are skipped. */
import type { ClusterKind } from "../../clusters/index.ts";
import { EnvironmentError, messageOf } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { missingTools, type ToolName } from "../../tools/index.ts";
import { needsReferencePlugins, type TargetFlags } from "./conformance-target.ts";
import { requireTools } from "../tools.ts";

/** Plugins configure the firewall with it, and tests list and delete its rules. */
const RECOMMENDED = ["iptables"] as const satisfies readonly ToolName[];

/** @throws UsageError when a target cannot be described */
export function conformanceTools(
  host: Host,
  kind: ClusterKind,
  plugins: readonly string[],
  flags: TargetFlags,
): readonly ToolName[] {
  const reference = kind.api === "kubernetes" || needsReferencePlugins(host, plugins, flags);
  return reference ? ["cni-plugins", "jq"] : ["jq"];
}

/**
 * Fetches missing tools with the user's consent; continues without the recommended ones.
 * @throws EnvironmentError when a required tool is missing and is not fetched
 */
export async function prepareTools(host: Host, required: readonly ToolName[], yes: boolean): Promise<void> {
  try {
    await requireTools(host, [...required, ...RECOMMENDED], yes);
  } catch (error) {
    host.signal.throwIfAborted();
    if (!(error instanceof EnvironmentError) || missingTools(host, required).length > 0) throw error;
    process.stderr.write(`${messageOf(error)}\nskipping the clauses that need ${RECOMMENDED.join(", ")}\n`);
  }
}
