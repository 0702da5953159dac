/** Short commands for the shell of a lab: a script for each node and each pod. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "../../clusters/index.ts";
import { quoteArgv } from "../../core/text.ts";
import type { DeployedPod } from "../../engine/index.ts";
import { columns } from "../../reports/index.ts";

/** A command such as `node1` or `pod1`: opens a shell there, or runs its arguments. */
export interface LabCommand {
  readonly name: string;
  /** The node or pod, with its addresses. */
  readonly description: string;
  /** Enters it from a terminal, and from a pipe. */
  readonly argv: { readonly terminal: readonly string[]; readonly pipe: readonly string[] };
}

export function labCommands(cluster: Cluster, pods: readonly DeployedPod[]): readonly LabCommand[] {
  const nodes = cluster.nodes.map((node, i): LabCommand => ({
    name: `node${i + 1}`,
    description: [node.name, node.ip, ...(node.ip6 === null ? [] : [node.ip6])].join(", "),
    argv: { terminal: cluster.enterCommand(node), pipe: cluster.enterCommand(node, false) },
  }));
  const inPods = pods.map(({ endpoint: { name, node }, addresses, enterCommand }, i): LabCommand => ({
    name: `pod${i + 1}`,
    description: `${name} on ${node.name}, ${addresses.join(", ")}`,
    argv: { terminal: enterCommand, pipe: enterCommand },
  }));
  return [...nodes, ...inPods];
}

/** Writes the scripts into an empty directory. @throws the system error */
export function writeLabCommands(dir: string, commands: readonly LabCommand[]): void {
  for (const { name, argv } of commands) writeFileSync(join(dir, name), script(argv), { mode: 0o755 });
}

function script({ terminal, pipe }: LabCommand["argv"]): string {
  return `#!/bin/sh
[ $# -gt 0 ] || set -- sh
[ ! -t 0 ] || exec ${quoteArgv(terminal)} "$@"
exec ${quoteArgv(pipe)} "$@"
`;
}

/** Lists the commands, and how to use them in another terminal. */
export function describeLabCommands(dir: string, commands: readonly LabCommand[]): string {
  const rows = commands.map(({ name, description }) => [name, description]);
  return `${columns(rows)}PATH=${quoteArgv([dir])}:$PATH  # for other terminals\n`;
}
