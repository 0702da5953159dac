/** Commands of iperf3 and how it reports failures: iperf3(1), versions 3.12 and 3.18. */
import { coerce, gte } from "semver";
import { JsonSyntaxError, parseJson } from "../../cni/index.ts";
import { lastLine, printable } from "../../core/errors.ts";
import { ipFlag } from "../../core/ip.ts";
import { numberAt, stringAt, tryParse, valueAt } from "../../core/untrusted-json.ts";
import type { Endpoint } from "../../core/model.ts";
import type { Warning } from "../../core/warning-codes.ts";
import { succeeded, type Output, CommandError } from "../../core/shell.ts";
import { type LoadTool, LOAD_PORTS } from "../support/run-load.ts";

const PORT = String(LOAD_PORTS.iperf3);
/** CPU usage of one core from which on the load generator itself is the limit. */
const SATURATED_CORE_PERCENT = 95;
/** The first version with one thread per stream. */
const MULTITHREADED_SINCE = "3.16.0";
/** Characters before and after a syntax error in a message. */
const EXCERPT_CHARS = 100;

/** Returns the load tool for a server address of either family. @param flags further options of the server */
export function iperf3Tool({ ip }: Pick<Endpoint, "ip">, flags: readonly string[] = []): LoadTool {
  return {
    server: ["iperf3", "-s", ipFlag(ip), "-p", PORT, ...flags],
    port: Number(PORT),
    failure: failureOf,
    serverBusy,
  };
}

/** Returns the command line of a client without the options of the load. */
export function iperf3Client({ ip }: Pick<Endpoint, "ip">): readonly string[] {
  return ["iperf3", ipFlag(ip), "-J", "-c", ip, "-p", PORT, "--connect-timeout", "3000"];
}

/** Reads the error message from the JSON output. The exit code is not reliable: 3.12 exits with 0 on every error. */
export function failureOf(output: Output): Error | null {
  const error = stringAt(tryParse(output.stdout), "error");
  if (error !== null && output.ended === null) return new Error(`iperf3 on ${output.where} failed: ${lastLine(error)}`);
  return succeeded(output) ? null : new CommandError(output);
}

/**
 * A server accepts one client at a time. On a busy machine, the next client may arrive before the warm-up is over. It
 * is refused then, or its connection is closed before anything was measured.
 */
function serverBusy({ stdout }: Output): boolean {
  const output = tryParse(stdout);
  const error = stringAt(output, "error") ?? "";
  if (error.includes("the server is busy running a test")) return true;
  const intervals = valueAt(output, "intervals");
  const isMeasured = Array.isArray(intervals) && intervals.length > 0;
  return error.includes("unable to receive control message") && !isMeasured;
}

/** Parses the output of `iperf3 -J`. @throws Error that quotes the line of the first syntax error */
export function parseJsonOutput(text: string): unknown {
  const json = tryParse(text);
  if (json === undefined) throw new Error(`iperf3 output is not JSON: ${lineOfSyntaxError(text) || "empty"}`);
  return json;
}

function lineOfSyntaxError(text: string): string {
  const offset = Math.min(offsetOfSyntaxError(text), text.trimEnd().length);
  const start = Math.max(text.lastIndexOf("\n", offset - 1) + 1, offset - EXCERPT_CHARS);
  return printable((text.slice(start, offset + EXCERPT_CHARS).split("\n")[0] ?? "").trim());
}

function offsetOfSyntaxError(text: string): number {
  try {
    parseJson(text);
  } catch (error) {
    if (error instanceof JsonSyntaxError) return error.offset;
  }
  return 0;
}

/** Returns a warning for each endpoint whose iperf3 used all available CPU time. @param streams in both directions */
export function generatorWarnings(json: unknown, streams: number): Warning[] {
  const version = coerce(stringAt(json, "start", "version"));
  const threads = version !== null && gte(version, MULTITHREADED_SINCE) ? streams : 1;
  const ends = { client: "host_total", server: "remote_total" } as const;
  return Object.entries(ends).flatMap(([end, key]): Warning[] => {
    const percent = numberAt(json, "end", "cpu_utilization_percent", key);
    if (percent === null || percent < SATURATED_CORE_PERCENT * threads) return [];
    const limit = threads === 1 ? "a core" : `a core, with ${threads} threads`;
    return [{ code: "generator-limited", message: `iperf3 on the ${end} used ${percent.toFixed(0)} % of ${limit}` }];
  });
}
