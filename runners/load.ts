/** What every load between two endpoints needs: a server that listens, and what exactly the load uses. */
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError } from "../core/errors.ts";
import type { Endpoint } from "../core/model.ts";
import { run, type Output, type Process, type Shell } from "../core/shell.ts";
import type { PairContext } from "./runner.ts";
import { startMeter, type Meter, type Usage } from "./usage.ts";

/** Seconds for a server to end before it is killed. */
const STOP_TIMEOUT_S = 1;
/** Seconds for a server to listen. */
const LISTEN_TIMEOUT_S = 5;
/** How often a client that was turned away comes again, and after how many seconds. */
const MAX_ATTEMPTS = 40;
const RETRY_DELAY_S = 0.05;
/** Seconds between the start of a client and its load, and between the end of the load and its exit: it talks to its server. */
const CLIENT_OVERHEAD_S = 0.005;

/** Where in the life of its client the load lies: some stay for seconds after it. */
export type LoadPosition = "first" | "last";

export interface LoadResult {
  readonly output: Output;
  readonly usage: Usage;
}

/** A load generator: its server, and how its client tells of a failure. */
export interface LoadTool {
  readonly server: readonly string[];
  readonly port: number;
  /** null: it did its work. */
  failure(output: Output): Error | null;
  /** Whether its server was still ending the client before: nothing was measured, and the next attempt may be. */
  turnedAway?(output: Output): boolean;
}

/** What may be run against a server that listens. */
export interface LoadClient {
  /** A connection whose result is thrown away. @throws when it fails. */
  readonly warmUp: (argv: readonly string[], timeout: number) => Promise<void>;
  /** The load: the last (or first) `context.duration` seconds of the command. @throws when it fails. */
  readonly load: (argv: readonly string[], timeout: number, window?: LoadPosition) => Promise<LoadResult>;
}

/** Runs `measure` while a server listens at `context.server`. */
export async function withServer<T>(
  context: PairContext,
  tool: LoadTool,
  measure: (client: LoadClient) => Promise<T>,
): Promise<T> {
  const meter = startMeter(context);
  const running = context.server.shell.start(tool.server, { stdin: "", signal: context.signal, timeout: 3600 });
  try {
    await waitUntilListening(context.server, running, tool.port, context.signal);
    return await measure(createLoadClient(context, tool, meter));
  } finally {
    context.keep("server", await stopServer(running));
    await meter.stop();
  }
}

async function stopServer(server: Process): Promise<Output> {
  server.kill("SIGTERM");
  const timer = setTimeout(() => server.kill("SIGKILL"), STOP_TIMEOUT_S * 1000);
  return server.done.finally(() => clearTimeout(timer));
}

/** Looks at the socket tables: iperf3 would take a probe of its port for a client. */
async function waitUntilListening(
  endpoint: Endpoint,
  server: Process,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const socket = `:${port.toString(16).toUpperCase().padStart(4, "0")} [0-9A-F]*:0000 0A`;
  const wait = `until cat /proc/net/tcp /proc/net/tcp6 | grep -q '${socket}'; do sleep 0.01; done`;
  const ready = run(endpoint.shell, ["sh", "-c", wait], { timeout: LISTEN_TIMEOUT_S, signal });
  const exited = await Promise.race([server.done, ready.then(() => null)]);
  if (exited === null) return;
  ready.catch(() => undefined);
  throw new CommandError(exited);
}

interface ClientOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly keep: (output: Output) => void;
}

/** Runs a client to its end, again as long as its server turns it away. @throws when it fails. */
export async function runClient(
  shell: Shell,
  tool: Pick<LoadTool, "failure" | "turnedAway">,
  argv: readonly string[],
  { timeout, signal, keep }: ClientOptions,
): Promise<Output> {
  let output = await shell.exec(argv, { timeout, signal });
  for (let attempt = 1; attempt < MAX_ATTEMPTS && tool.turnedAway?.(output) === true; attempt++) {
    await sleep(RETRY_DELAY_S * 1000, undefined, { signal });
    output = await shell.exec(argv, { timeout, signal });
  }
  keep(output);
  const error = tool.failure(output);
  if (error !== null) throw error;
  return output;
}

function createLoadClient(context: PairContext, tool: LoadTool, meter: Meter): LoadClient {
  const { client, signal, duration, keep } = context;
  const exec = (role: string, argv: readonly string[], timeout: number): Promise<Output> =>
    runClient(client.shell, tool, argv, { timeout, signal, keep: (output) => keep(role, output) });
  return {
    warmUp: async (argv, timeout) => void (await exec("warm-up", argv, timeout)),
    load: async (argv, timeout, position = "last") => {
      const started = Date.now() / 1000;
      const output = await exec("client", argv, timeout);
      const from = loadStart(position, { started, ended: Date.now() / 1000 }, duration);
      return { output, usage: await meter.read({ from, to: from + duration }) };
    },
  };
}

/** When the load of a client began that ran from `started` to `ended`. Seconds. */
export function loadStart(
  position: LoadPosition,
  client: { readonly started: number; readonly ended: number },
  duration: number,
): number {
  return position === "first" ? client.started + CLIENT_OVERHEAD_S : client.ended - CLIENT_OVERHEAD_S - duration;
}
