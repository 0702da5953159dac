/** Starts the agent on a node that has perl but no files of cnibench, through a command that forwards its streams. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { EnvironmentVariables, Host } from "../host.ts";
import { startStreaming, type StreamingProcess } from "../local.ts";
import { packageRoot } from "../paths.ts";
import { waitOrElse } from "../wait.ts";
import { Agent } from "./agent.ts";

/** Seconds for the agent to send its hello frame. */
const START_TIMEOUT_S = 30;

/** An agent and the streams that keep it running. */
export interface StartedAgent {
  readonly agent: Agent;
  readonly stream: StreamingProcess;
}

/**
 * Starts an agent and waits until it responds.
 * @param prefix command that runs another command on the node and forwards stdin and stdout: `docker exec -i NODE`
 * @param env the complete environment of every command on the node
 * @throws EnvironmentError with the last output of the prefix command if the agent does not start
 */
export async function startAgent(
  host: Pick<Host, "env">,
  name: string,
  prefix: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StartedAgent> {
  // The script is passed as an argument because stdin carries the frames.
  const perl = ["perl", "-e", readFileSync(join(packageRoot(), "core/agent/agent.pl"), "utf8")];
  const stream = startStreaming([...prefix, ...perl], definedVariables(host.env));
  const agent = new Agent(name, env, stream);
  await waitOrElse(agent.hello, START_TIMEOUT_S, () => stream.kill("SIGKILL"));
  return { agent, stream };
}

/** The prefix command may need variables of the user (DOCKER_HOST, proxies, credentials). */
function definedVariables(env: EnvironmentVariables): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
