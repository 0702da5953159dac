/** What every load between two endpoints needs: a server that listens, and the CPU time of exactly the load. */
import { CommandError } from "../core/errors.ts";
import type { Endpoint, MetricName } from "../core/model.ts";
import { run, succeeded, type Output, type Process } from "../core/shell.ts";
import { aboveIdle, startCpuSampler, usageBetween, type CpuUsage } from "./cpu.ts";
import type { PairContext } from "./runner.ts";

/** Seconds for a server to listen. */
const LISTEN_LIMIT = 5;
/** Seconds between the end of a load and the exit of its client, which still fetches the server's results. */
const FAREWELL = 0.005;

export interface Server {
  stop(): Promise<Output>;
}

/** Starts a server and waits until it listens, without touching the port: iperf3 would take a probe for a client. */
export async function startServer(at: Endpoint, argv: readonly string[], port: number, signal: AbortSignal): Promise<Server> {
  const server: Process = at.shell.start(argv, { stdin: "", signal, timeout: 3600 });
  const socket = `:${port.toString(16).toUpperCase().padStart(4, "0")} [0-9A-F]*:0000 0A`;
  const wait = `until cat /proc/net/tcp /proc/net/tcp6 | grep -q '${socket}'; do sleep 0.01; done`;
  const listening = run(at.shell, ["sh", "-c", wait], { timeout: LISTEN_LIMIT, signal });
  const first = await Promise.race([server.done, listening.then(() => null)]);
  if (first !== null) {
    listening.catch(() => undefined);
    throw new CommandError(first);
  }
  return {
    stop: () => {
      server.kill("SIGTERM");
      return server.done;
    },
  };
}

export interface Load {
  readonly output: Output;
  /** Cores that the load added to the idle machine; null: not collected. */
  readonly cpu: CpuUsage | null;
}

/** Runs the client whose last `context.duration` seconds are the load. @throws CommandError when it fails. */
export async function runLoad(context: PairContext, argv: readonly string[], timeout: number): Promise<Load> {
  const sampler = startCpuSampler(context.client.node.shell);
  const output = await context.client.shell.exec(argv, { timeout, signal: context.signal });
  const end = Date.now() / 1000 - FAREWELL;
  context.keep("client", output);
  const samples = await sampler.stop();
  if (!succeeded(output)) throw new CommandError(output);
  const busy = usageBetween(samples, end - context.duration, end);
  return { output, cpu: busy === null || context.idle === null ? null : aboveIdle(busy, context.idle) };
}

/** The CPU metrics of a load. @param throughput bit/s, where the load has one. */
export function cpuValues(cpu: CpuUsage | null, throughput: number | null): Partial<Record<MetricName, number>> {
  if (cpu === null) return {};
  const values = { cpu: cpu.busy, "cpu-user": cpu.user, "cpu-system": cpu.system, "cpu-softirq": cpu.softirq };
  return throughput === null || throughput === 0 ? values : { ...values, "cpu-per-gbit": cpu.busy / (throughput / 1e9) };
}
