/** Runs a load between two endpoints: starts the server, runs the client and measures the resource usage. */
import type { Endpoint } from "../../core/model.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { type Output, type Process, type Shell, CommandError } from "../../core/shell.ts";
import { retry, waitOrElse, waitUntil } from "../../core/wait.ts";
import type { PairContext } from "../runner.ts";
import { startMeter, type Meter, type Usage } from "./usage.ts";

/**
 * Ports of the load servers. All are in Kubernetes' node port range (30000 to 32767), so a server has the same port
 * number on its pod, on a service and on a node: the netperf server sends the number of its data port to the client.
 */
export const LOAD_PORTS = { iperf3: 30201, netperfControl: 30865, netperfData: 30866 } as const;

/** Time limit of a client for its connection setup and the exchange of results, in addition to the load. */
export const CLIENT_MARGIN_S = 15;
/** Time for a server to exit before it is killed. */
const STOP_TIMEOUT_S = 1;
/** Time for a server to start to listen. */
const LISTEN_TIMEOUT_S = 5;
const LISTEN_INTERVAL_S = 0.01;
/** Time limit of one reading of the socket tables, so that a hanging one does not use up the time of the server. */
const READ_TIMEOUT_S = 1;
/** Attempts of a client while its server is busy, and the delay between two attempts. */
const MAX_ATTEMPTS = 40;
const RETRY_DELAY_S = 0.05;
/** Time that a client exchanges control messages with its server, before the load and again after it. */
const CLIENT_OVERHEAD_S = 0.005;

/** Share of the link's rate from which on the link is the limit: headers take the rest. */
const SATURATED_SHARE = 0.95;

/** Whether the load is at the start or the end of its client's lifetime: some clients wait for seconds after it. */
export type LoadPosition = "first" | "last";

/** The measured part of a client's lifetime. */
interface MeasuredWindow {
  /** Default: last. */
  readonly position?: LoadPosition | undefined;
  /** Default: `context.duration`. */
  readonly seconds?: number;
}

export interface LoadResult {
  readonly output: Output;
  readonly usage: Usage;
}

/** A load generator: the command of its server, and how to detect failures of its client. */
export interface LoadTool {
  readonly server: readonly string[];
  readonly port: number;
  /** Returns null if the client succeeded. */
  failure(output: Output): Error | null;
  /** Whether the server was still busy with the previous client: nothing was measured, and a retry may succeed. */
  serverBusy?(output: Output): boolean;
}

/** Runs client commands against a listening server. */
interface LoadClient {
  /** Runs a command and discards its result. @throws if it fails. */
  readonly warmUp: (argv: readonly string[], timeout: number) => Promise<void>;
  /** Runs the load. @param timeout seconds @throws if it fails. */
  readonly load: (argv: readonly string[], timeout: number, window?: MeasuredWindow) => Promise<LoadResult>;
}

/** Runs `measure` while a server listens on `context.server`. */
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

function stopServer(server: Process): Promise<Output> {
  server.kill("SIGTERM");
  return waitOrElse(server.done, STOP_TIMEOUT_S, () => server.kill("SIGKILL"));
}

/** Polls the socket tables, because iperf3 would treat a connection to its port as a client. */
async function waitUntilListening(
  endpoint: Endpoint,
  server: Process,
  port: number,
  signal: AbortSignal,
): Promise<void> {
  const socket = new RegExp(`:${port.toString(16).toUpperCase().padStart(4, "0")} [0-9A-F]*:0000 0A`);
  const state: { ended?: Output } = {};
  void server.done.then((output) => (state.ended = output));
  const check = async (): Promise<boolean> => {
    const { stdout } = await endpoint.shell.exec(["cat", "/proc/net/tcp", "/proc/net/tcp6"], {
      timeout: READ_TIMEOUT_S,
      signal,
    });
    if (state.ended !== undefined) throw new CommandError(state.ended);
    return socket.test(stdout);
  };
  await waitUntil(`the server on ${endpoint.name} did not listen on port ${port}`, check, {
    timeout: LISTEN_TIMEOUT_S,
    every: LISTEN_INTERVAL_S,
    signal,
  });
}

interface ClientOptions {
  /** Seconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
  readonly keep: (output: Output) => void;
}

/**
 * Runs a client until it exits, with retries while its server seems busy.
 * @throws if the last attempt fails; the error of the first one comes first, because a server that crashes also seems
 * busy, and refuses all later attempts
 */
export async function runClient(
  shell: Shell,
  tool: Pick<LoadTool, "failure" | "serverBusy">,
  argv: readonly string[],
  { timeout, signal, keep }: ClientOptions,
): Promise<Output> {
  const state: { first: Error | null } = { first: null };
  const output = await retry(
    () => shell.exec(argv, { timeout, signal }),
    (result) => {
      state.first ??= tool.failure(result);
      return tool.serverBusy?.(result) === true;
    },
    { attempts: MAX_ATTEMPTS, every: RETRY_DELAY_S, signal },
  );
  keep(output);
  const error = tool.failure(output);
  if (error !== null) throw withFirst(state.first ?? error, error);
  return output;
}

function withFirst(first: Error, last: Error): Error {
  if (first.message === last.message) return last;
  return new Error(`${first.message}; the last attempt: ${last.message}`, { cause: first });
}

function createLoadClient(context: PairContext, tool: LoadTool, meter: Meter): LoadClient {
  const { client, signal, duration, keep } = context;
  const exec = (role: string, argv: readonly string[], timeout: number): Promise<Output> =>
    runClient(client.shell, tool, argv, { timeout, signal, keep: (output) => keep(role, output) });
  return {
    warmUp: async (argv, timeout) => void (await exec("warm-up", argv, timeout)),
    load: async (argv, timeout, { position = "last", seconds = duration } = {}) => {
      const started = Date.now() / 1000;
      const output = await exec("client", argv, timeout);
      const from = loadStart(position, { started, ended: Date.now() / 1000 }, seconds);
      return { output, usage: await meter.read({ from, to: from + seconds }) };
    },
  };
}

/** Returns the start time of a load whose client ran from `started` to `ended`. All values in seconds. */
export function loadStart(
  position: LoadPosition,
  client: { readonly started: number; readonly ended: number },
  duration: number,
): number {
  return position === "first" ? client.started + CLIENT_OVERHEAD_S : client.ended - CLIENT_OVERHEAD_S - duration;
}

/**
 * Returns a warning if the throughput is limited by the link and not by the plugin (docs/method.md, "Environment").
 * @param throughput bit/s in the busier direction of the link
 * @param rate bit/s; null: unlimited
 */
export function linkWarnings(throughput: number, rate: number | null): Warning[] {
  if (rate === null || throughput < SATURATED_SHARE * rate) return [];
  const percent = ((100 * throughput) / rate).toFixed(0);
  const mbits = (rate / 1e6).toFixed(0);
  return [
    {
      code: "link-limited",
      message: `throughput is ${percent} % of the link rate (${mbits} Mbit/s); compare cpu-per-gbit instead`,
    },
  ];
}
