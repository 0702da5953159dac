/** Starts the processes that hold a lab: the lab itself and the nodes inside it. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "../../core/agent/agent.ts";
import { startStreaming, type StreamingProcess } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";

/** Has no symbolic links: an absolute one would resolve to another file inside the lab. */
const ROOT = realpathSync(packageRoot());
const AGENT = join(ROOT, "core/agent/agent.pl");
const SCRIPT_DIR = join(ROOT, "clusters/netns");
/** Read-only mount point of the host's files inside the lab. */
export const HOST_ROOT = "/.host";

/** How the lab is isolated. User namespaces are tried first, also as root. */
export type Isolation = "user namespace" | "root namespaces";

/** An agent and its streams. Closing its standard input ends it together with all processes that it started. */
export interface AgentProcess {
  readonly agent: Agent;
  readonly stream: StreamingProcess;
  readonly exited: Promise<string>;
}

/** Starts the first process of a lab. */
export function launchLab(isolation: Isolation, env: Readonly<Record<string, string>>): AgentProcess {
  const user = isolation === "user namespace" ? ["--user", "--map-root-user"] : [];
  const argv = ["unshare", ...user, "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child"];
  return startAgentProcess("lab", [...argv, "sh", join(SCRIPT_DIR, "lab-init.sh"), AGENT], env);
}

/** Starts the first process of a node. @param labPid first process of the lab, in the PID namespace of cnibench */
export function launchNode(
  name: string,
  labPid: number,
  isolation: Isolation,
  env: Readonly<Record<string, string>>,
): AgentProcess {
  const unshare = ["unshare", "--net", "--mount", "--uts"];
  return startAgentProcess(
    name,
    [...enterLabCommand(labPid, isolation), ...unshare, "sh", join(HOST_ROOT, SCRIPT_DIR, "node-init.sh"), name, AGENT],
    env,
  );
}

function enterLabCommand(labPid: number, isolation: Isolation): string[] {
  const user = isolation === "user namespace" ? ["--user", "--preserve-credentials"] : [];
  return ["nsenter", "--target", String(labPid), ...user, "--mount", "--net", "--pid"];
}

/** Returns the command that enters a node. @param pid first process of the node, in the PID namespace of the lab */
export function enterNodeCommand(labPid: number, pid: number, isolation: Isolation): string[] {
  const enterNode = ["nsenter", "--target", String(pid), "--mount", "--net", "--uts", "--wd=/"];
  return [...enterLabCommand(labPid, isolation), ...enterNode];
}

function startAgentProcess(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): AgentProcess {
  const stream = startStreaming(argv, env);
  const exited = new Promise<string>((resolve) => stream.onEnd(resolve));
  return { agent: new Agent(name, env, stream), stream, exited };
}
