/** Policy routing rules of a network namespace. */
import type { Shell } from "../../core/shell.ts";
import { look } from "./steps.ts";

export interface PolicyRule {
  /** As `ip` prints it, without its number. */
  readonly text: string;
  /** The command that deletes it. */
  readonly remove: readonly string[];
}

const READ = "ip -4 rule show | sed 's/^/-4 /'; ip -6 rule show | sed 's/^/-6 /'";

export async function readPolicy(shell: Shell): Promise<readonly PolicyRule[]> {
  return (await look(shell, READ)).split("\n").flatMap((line): PolicyRule[] => {
    const [, family = "", priority = "", text = ""] = /^(-[46]) (\d+):\s+(.*)$/.exec(line) ?? [];
    return priority === "" ? [] : [{ text, remove: ["ip", family, "rule", "del", "priority", priority] }];
  });
}
