/** Policy routing rules of a network namespace. */
import { run, type Shell } from "../../core/shell.ts";
import { inspect } from "./recorder.ts";

export interface RoutingRule {
  /** The option of `ip` that selects the family. */
  readonly family: string;
  readonly priority: string;
  /** The rule as `ip` prints it, without its priority. */
  readonly spec: string;
}

/** Prints the rules of both families, with the option that selects the family first. */
const READ_SCRIPT = "ip -4 rule show | sed 's/^/-4 /'; ip -6 rule show | sed 's/^/-6 /'";

export async function readPolicyRules(shell: Shell): Promise<readonly RoutingRule[]> {
  return (await inspect(shell, READ_SCRIPT)).split("\n").flatMap((line): RoutingRule[] => {
    const [, family = "", priority = "", spec = ""] = /^(-[46]) (\d+):\s+(.*)$/.exec(line) ?? [];
    return priority === "" ? [] : [{ family, priority, spec }];
  });
}

export async function deletePolicyRule(shell: Shell, { family, priority }: RoutingRule): Promise<void> {
  await run(shell, ["ip", family, "rule", "del", "priority", priority]);
}

/** Replaces the rule by one that looks up another table. @returns false for a rule that looks up none */
export async function changeTable(shell: Shell, rule: RoutingRule): Promise<boolean> {
  const { family, priority, spec } = rule;
  if (!/\blookup \S+/.test(spec)) return false;
  await deletePolicyRule(shell, rule);
  const changed = spec
    .replace(/\blookup \S+/, "lookup 4242")
    .split(" ")
    .filter(Boolean);
  await run(shell, ["ip", family, "rule", "add", "priority", priority, ...changed]);
  return true;
}
