/** Starts the processes that hold a lab: the lab itself, and a node inside it. */
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { Agent } from "../../core/agent/agent.ts";
import { startStreaming, type StreamingProcess } from "../../core/local.ts";
import { packageRoot } from "../../core/paths.ts";

/** Without symbolic links: an absolute one would lead elsewhere inside the lab. */
const ROOT = realpathSync(packageRoot());
const AGENT = join(ROOT, "core/agent/agent.pl");
const SCRIPT_DIR = join(ROOT, "clusters/netns");
/** Where the lab sees the files of the host, read-only. */
export const HOST_ROOT = "/.host";

/** How the lab is fenced off; a user namespace is tried first, whoever runs it. */
export type Isolation = "user namespace" | "root namespaces";

/** An agent and the streams that keep it alive: closing its input ends it and everything that it started. */
export interface AgentProcess {
  readonly agent: Agent;
  readonly stream: StreamingProcess;
  readonly exited: Promise<string>;
}

export function launchLab(isolation: Isolation, env: Readonly<Record<string, string>>): AgentProcess {
  const user = isolation === "user namespace" ? ["--user", "--map-root-user"] : [];
  const argv = ["unshare", ...user, "--mount", "--net", "--pid", "--uts", "--fork", "--kill-child"];
  return startAgentProcess("lab", [...argv, "sh", join(SCRIPT_DIR, "lab-init.sh"), AGENT], env);
}

/** @param labPid the lab's first process, as this process sees it. */
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

/** Command that enters a node from a terminal of this machine. @param pid the node's first process, as the lab sees it. */
export function enterNodeCommand(labPid: number, pid: number, isolation: Isolation): string[] {
  return [
    ...enterLabCommand(labPid, isolation),
    "nsenter",
    "--target",
    String(pid),
    "--mount",
    "--net",
    "--uts",
    "--wd=/",
  ];
}

function startAgentProcess(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): AgentProcess {
  const stream = startStreaming(argv, env);
  const ended = new Promise<string>((resolve) => stream.onEnd(resolve));
  return { agent: new Agent(name, env, stream), stream, exited: ended };
}
