/** `cnibench setup`: fetches missing tools into the private cache, and builds what a cluster kind needs once. */
import { UsageErrors } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { cacheDir, fetchTools, missingTools, type ToolName, TOOLS } from "../../tools/index.ts";
import { type ClusterKind, clusters } from "../../clusters/index.ts";
import { deployTools, knownTools } from "../../engine/index.ts";
import { runners } from "../../runners/index.ts";
import { findKind } from "../flags/choose-cluster.ts";
import { misplacedOptions } from "../flags/cluster-options.ts";
import { EXIT, type ExitCode } from "../exit-code.ts";
import { interruptible } from "../terminal/interrupt.ts";
import { choosePlugins } from "../flags/plugins.ts";

/** Flags of `doctor` and `setup`. */
export interface ToolFlags {
  readonly cluster: string;
  readonly plugins?: readonly string[];
}

export interface SetupFlags extends ToolFlags {
  /** Has no effect: setup never prompts. Scripts can pass the same option to all commands that download tools. */
  readonly yes?: boolean;
}

export async function setupCommand(host: Host, flags: SetupFlags): Promise<ExitCode> {
  const { kind, tools } = requestedTools(host, flags);
  const misplaced = misplacedOptions(kind, flags);
  if (misplaced.length > 0) throw new UsageErrors(misplaced);
  const missing = missingTools(host, tools);
  const onProgress = (line: string): void => void process.stderr.write(`${line}\n`);
  const result = await interruptible(host, async (scope) => {
    await fetchTools(scope, tools, { onProgress });
    return kind.setup?.(scope, { onProgress, flags });
  });
  if (result !== undefined) process.stdout.write(`${result}\n`);
  const fetched = `downloaded into ${cacheDir(host)}: ${missing.map(({ name }) => name).join(", ")}`;
  process.stdout.write(missing.length === 0 ? "nothing is missing\n" : `${fetched}\n`);
  return EXIT.success;
}

/**
 * Returns the tools of the named plugins and of every runner on that cluster kind; without names, every tool that a run
 * may need (the browser is for the tests of cnibench).
 * @throws UsageErrors
 */
export function requestedTools(
  host: Host,
  { cluster, plugins }: ToolFlags,
): {
  readonly kind: ClusterKind;
  readonly tools: readonly ToolName[];
} {
  const problems: string[] = [];
  const kind = findKind(cluster, problems);
  const chosen = plugins === undefined ? [] : choosePlugins({ plugins }, problems);
  if (problems.length > 0) throw new UsageErrors(problems);
  if (plugins === undefined) return { kind, tools: allTools(kind) };
  const loads = kind.nodesHaveTools ? [] : Object.values(runners).flatMap(({ tools }) => tools);
  return { kind, tools: knownTools([...deployTools(host, kind, chosen, []), ...loads]) };
}

/** Returns all tools except those of other cluster kinds, and those that their users fetch. */
function allTools(kind: ClusterKind): readonly ToolName[] {
  if (kind.nodesHaveTools === true) return knownTools([...kind.tools, "cni-plugins"]);
  const others = Object.values(clusters)
    .flatMap(({ tools }): readonly string[] => tools)
    .filter((name) => !kind.tools.includes(name));
  const excluded = new Set([...others, "chromium", "mmdebstrap", "etcd", "etcdctl"]);
  return (Object.keys(TOOLS) as ToolName[]).filter((name) => !excluded.has(name));
}
