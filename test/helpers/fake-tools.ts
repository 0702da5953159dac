/** Tools that are found but never run: commands on `fakeHost` have scripted outputs. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { EnvironmentVariables } from "../../core/host.ts";
import { type Tool, TOOLS, type ToolName } from "../../tools/catalog.ts";
import { temporaryDir } from "./cnibench.ts";

/** Returns an environment in whose private cache these tools are found, unless this machine has them. */
export function envWithTools(names: readonly ToolName[]): EnvironmentVariables {
  const cache = temporaryDir();
  const fetched = join(cache, "tools/fake");
  for (const name of names) {
    const { probe } = TOOLS[name];
    if ("command" in probe) writeExecutable(join(fetched, "bin"), probe.command);
    else for (const type of probe.cniPlugins) writeExecutable(join(fetched, "root/usr/lib/cni"), type);
  }
  return { CNIBENCH_CACHE: cache, PATH: "" };
}

/** Writes a script without commands. */
export function writeExecutable(dir: string, name: string): void {
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, name), "#!/bin/sh\n", { mode: 0o755 });
}

/** Adds a tool to the catalog, or replaces one, until the end of the test. */
export function catalogTool(name: string, tool: Tool): void {
  const catalog: Record<string, Tool> = TOOLS;
  const before = catalog[name];
  catalog[name] = tool;
  onTestFinished(() => {
    if (before === undefined) delete catalog[name];
    else catalog[name] = before;
  });
}
