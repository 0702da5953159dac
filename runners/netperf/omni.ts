/** One netperf omni test (netperf manual, "The Omni Tests"): server, discarded runs, load; versions 2.7.0 and 2.7.1. */
import { CommandError, lastLine } from "../../core/errors.ts";
import { ipFlag } from "../../core/family.ts";
import { succeeded } from "../../core/shell.ts";
import { withServer, type LoadResult, type LoadTool, type LoadPosition } from "../load.ts";
import { LOAD_PORTS } from "../ports.ts";
import type { PairContext } from "../runner.ts";

const { netperfControl: CONTROL_PORT, netperfData: DATA_PORT } = LOAD_PORTS;

/** Seconds beside the load. */
const CLIENT_MARGIN_S = 15;

export const WARM_UP_PARAM = {
  type: "integer",
  min: 0,
  max: 60,
  default: 1,
  summary: "seconds of load before, discarded",
} as const;

export interface OmniTest {
  /** `TCP_RR` */
  readonly test: string;
  /** Options of the test itself. */
  readonly options: readonly string[];
  /** Names of the values that it shall print. */
  readonly keys: readonly string[];
  /** Length of the discarded first run: minus a number of transactions, of a stream minus bytes. */
  readonly firstRunLength: number;
  /** Seconds of the discarded second run. */
  readonly warmUpSeconds: number;
  readonly loadPosition?: LoadPosition;
}

/** About how long it takes, seconds. */
export function omniSeconds(duration: number, params: PairContext["params"]): number {
  return duration + Number(params.warmup) + 0.1;
}

/** Runs the test for `context.duration` seconds. @throws with netperf's own words. */
export async function runOmni(
  context: PairContext,
  { test, options, keys, firstRunLength: first, warmUpSeconds: seconds, loadPosition: window }: OmniTest,
): Promise<LoadResult> {
  const { server, duration } = context;
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
    await warmUp(argv(first), CLIENT_MARGIN_S);
    if (seconds > 0) await warmUp(argv(seconds), seconds + CLIENT_MARGIN_S);
    return load(argv(duration), duration + CLIENT_MARGIN_S, window);
  });
}

/**
 * Reads the KEY=VALUE lines of `netperf -- -k`.
 * @throws Error when a value is missing: netperf drops a name that it does not know without a word.
 */
export function parseOmni<K extends string>(text: string, keys: readonly K[]): Record<K, number> {
  const found = new Map(text.split("\n").map((line) => line.trim().split("=", 2) as [string, string | undefined]));
  const read = (key: K): number => {
    const value = Number(found.get(key) || NaN); // an empty value is no 0
    if (!Number.isFinite(value)) throw new Error(`netperf gave no ${key}: ${lastLine(text) || "it printed nothing"}`);
    return value;
  };
  return Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, number>;
}
