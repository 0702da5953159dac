/** Starts the node agent where there is perl but no file of ours, through a command that carries its streams. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startStreaming, type StreamingProcess } from "../local.ts";
import { packageRoot } from "../paths.ts";
import { Agent } from "./agent.ts";

/** Seconds for an agent to say hello. */
const START_TIMEOUT_S = 30;

/** An agent, and the streams that keep it alive. */
export interface StartedAgent {
  readonly agent: Agent;
  readonly stream: StreamingProcess;
}

/**
 * @param prefix what runs a command there and hands on its input and output: `docker exec -i NODE`
 * @param env the whole environment of every command there
 * @throws EnvironmentError when it does not start, with the carrier's last words
 */
export async function startAgent(
  name: string,
  prefix: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<StartedAgent> {
  // Its text is an argument: its input stays free for the frames.
  const perl = ["perl", "-e", readFileSync(join(packageRoot(), "core/agent/agent.pl"), "utf8")];
  const stream = startStreaming([...prefix, ...perl], currentEnvironment());
  const agent = new Agent(name, env, stream);
  const timer = setTimeout(() => stream.kill("SIGKILL"), START_TIMEOUT_S * 1000);
  try {
    await agent.hello;
    return { agent, stream };
  } finally {
    clearTimeout(timer);
  }
}

/** Carriers find their way by variables of the user's (DOCKER_HOST, proxies, credentials). */
function currentEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
