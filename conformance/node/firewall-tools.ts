/**
 * Detects missing firewall tools, so that clauses about firewall state that cannot be listed are skipped and never
 * pass.
 */
import type { Shell } from "../../core/shell.ts";
import { Skip } from "../clauses/demand.ts";
import { UNLISTED } from "./kernel-objects.ts";
import { inspect } from "./recorder.ts";

type FirewallTool = "iptables" | "nft";

const UNLISTED_LINE = new RegExp(`^${UNLISTED} (\\S+) (.*)$`);

/** @throws Skip when a line of {@link LIST_OBJECTS_SCRIPT} names a table that no installed tool lists. */
export function skipIfUnlisted(lines: readonly string[]): void {
  const [, tool = "", table = ""] = lines.flatMap((line) => UNLISTED_LINE.exec(line) ?? []);
  if (tool !== "") throw new Skip(`needs ${tool}: not found on the node, which has the firewall table ${table}`);
}

/** Reports whether the message of a failure names a firewall tool. */
export function namesFirewallTool(failure: string): boolean {
  return /ip6?tables|\bnft/.test(failure);
}

/**
 * Why a configuration that needs firewall rules may not have been tested: a tool is missing on the node, or null.
 * @param failure message of the failed operation
 */
export async function missingToolReason(node: Shell, failure: string): Promise<string | null> {
  const missing = (await inspect(node, "for i in iptables nft; do command -v $i >/dev/null || echo $i; done")).split(
    "\n",
  );
  const tools: readonly FirewallTool[] = /\bnft/.test(failure) ? ["nft", "iptables"] : ["iptables"];
  const tool = tools.find((name) => missing.includes(name));
  return tool === undefined ? null : `needs ${tool}: not found on the node (${failure})`;
}
