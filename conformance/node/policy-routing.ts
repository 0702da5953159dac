/** Policy routing rules of a network namespace. */
import type { Shell } from "../../core/shell.ts";
import { inspect } from "../session/recorder.ts";

export interface PolicyRule {
  /** The rule as `ip` prints it, without its priority. */
  readonly spec: string;
  /** The command that deletes it. */
  readonly deleteCommand: readonly string[];
}

const READ_SCRIPT = "ip -4 rule show | sed 's/^/-4 /'; ip -6 rule show | sed 's/^/-6 /'";

export async function readPolicyRules(shell: Shell): Promise<readonly PolicyRule[]> {
  return (await inspect(shell, READ_SCRIPT)).split("\n").flatMap((line): PolicyRule[] => {
    const [, family = "", priority = "", spec = ""] = /^(-[46]) (\d+):\s+(.*)$/.exec(line) ?? [];
    return priority === "" ? [] : [{ spec, deleteCommand: ["ip", family, "rule", "del", "priority", priority] }];
  });
}
