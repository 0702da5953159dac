import { readFileSync } from "node:fs";
import { join } from "node:path";
import { packageRoot } from "../paths.ts";

/** Command that runs the node agent where there is perl but no file of ours: its text is an argument, its input stays free. */
export function agentProgram(): readonly string[] {
  return ["perl", "-e", readFileSync(join(packageRoot(), "core/agent/agent.pl"), "utf8")];
}
