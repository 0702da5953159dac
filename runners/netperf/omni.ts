/** Runs a netperf omni test (netperf manual, "The Omni Tests") with its warm-up runs; versions 2.7.0 and 2.7.1. */
import { lastLine } from "../../core/errors.ts";
import { CommandError } from "../../core/shell.ts";
import { ipFlag } from "../../core/ip.ts";
import { succeeded } from "../../core/shell.ts";
import {
  CLIENT_MARGIN_S,
  withServer,
  type LoadResult,
  type LoadTool,
  type LoadPosition,
  LOAD_PORTS,
} from "../support/run-load.ts";
import type { PairContext } from "../runner.ts";

const { netperfControl: CONTROL_PORT, netperfData: DATA_PORT } = LOAD_PORTS;

export const WARM_UP_PARAM = {
  type: "integer",
  min: 0,
  max: 60,
  default: 1,
  summary: "seconds of discarded load before the measurement",
} as const;

interface OmniTest {
  /** Name of the netperf test, e.g. `TCP_RR`. */
  readonly test: string;
  /** Test-specific options. */
  readonly options: readonly string[];
  /** Names of the values to print. */
  readonly keys: readonly string[];
  /** Length of the first discarded run: the negated number of transactions, or of bytes for a stream. */
  readonly firstRunLength: number;
  /** Default: last. */
  readonly loadPosition?: LoadPosition | undefined;
}

/** Returns the estimated duration of a test, in seconds. */
export function omniSeconds(duration: number, params: PairContext["params"]): number {
  return duration + Number(params.warmup) + 0.1;
}

/**
 * Runs the test for `context.duration` seconds, after a discarded run of a fixed length and, if the runner has the
 * parameter `warmup`, another one of that many seconds.
 * @throws CommandError with netperf's message
 */
export async function runOmni(
  context: PairContext,
  { test, options, keys, firstRunLength, loadPosition }: OmniTest,
): Promise<LoadResult> {
  const { server, duration, params } = context;
  const warmUpSeconds = Number(params.warmup ?? 0);
  const tool: LoadTool = {
    server: [
      "netserver",
      "-D",
      ipFlag(server.ip),
      ...(server.isServiceIp === true ? [] : ["-L", server.ip]),
      "-p",
      String(CONTROL_PORT),
    ],
    port: CONTROL_PORT,
    failure: (output) => (succeeded(output) ? null : new CommandError(output)),
  };
  const argv = (length: number): string[] => [
    ...[
      "netperf",
      ipFlag(server.ip),
      "-P",
      "0",
      "-f",
      "m",
      "-H",
      server.ip,
      "-p",
      String(CONTROL_PORT),
      "-t",
      test,
      "-l",
      String(length),
    ],
    ...["--", "-P", `,${DATA_PORT}`, ...options, "-k", keys.join(",")],
  ];
  return withServer(context, tool, async ({ warmUp, load }) => {
    await warmUp(argv(firstRunLength), CLIENT_MARGIN_S);
    if (warmUpSeconds > 0) await warmUp(argv(warmUpSeconds), warmUpSeconds + CLIENT_MARGIN_S);
    return load(argv(duration), duration + CLIENT_MARGIN_S, { position: loadPosition });
  });
}

/**
 * Parses the KEY=VALUE lines of `netperf -- -k`.
 * @throws Error if a value is missing: netperf ignores unknown names silently.
 */
export function parseOmni<K extends string>(text: string, keys: readonly K[]): Record<K, number> {
  const found = omniValues(text);
  const read = (key: K): number => {
    const value = found.get(key);
    if (value === undefined) throw new Error(`netperf printed no ${key}: ${lastLine(text) || "empty output"}`);
    return value;
  };
  return Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, number>;
}

/** Returns all numbers in the KEY=VALUE lines of `netperf -- -k`. */
export function omniValues(text: string): ReadonlyMap<string, number> {
  const lines = text.split("\n").map((line) => line.trim().split("=", 2));
  const numbers = lines.map(([key = "", value]) => [key, Number(value || NaN)] as const); // Number("") would be 0
  return new Map(numbers.filter(([, value]) => Number.isFinite(value)));
}
