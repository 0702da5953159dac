/** How iperf3 is started, and how it tells of a failure: iperf3(1), versions 3.12 and 3.18. */
import { CommandError, lastLine } from "../../core/errors.ts";
import { ipFlag } from "../../core/family.ts";
import { numberAt, stringAt, tryParse } from "../../core/json.ts";
import type { Endpoint, Warning } from "../../core/model.ts";
import { succeeded, type Output } from "../../core/shell.ts";
import type { LoadTool } from "../load.ts";
import { LOAD_PORTS } from "../ports.ts";

const PORT = String(LOAD_PORTS.iperf3);
/** Share of one core at which the load generator itself is what limits the number. */
const SATURATED_CORE_PERCENT = 95;
/** From this version on each stream has a thread of its own. */
const MULTITHREADED_SINCE = 3.16;

/** Seconds that connecting and exchanging results may take beside the load. */
export const CLIENT_MARGIN_S = 15;

/** Its server, for the family of the address at which it is reached. */
export function iperf3Tool({ ip }: Pick<Endpoint, "ip">): LoadTool {
  return { server: ["iperf3", "-s", ipFlag(ip), "-p", PORT], port: Number(PORT), failure: failureOf, turnedAway };
}

/** The command line of a client up to what it is to do. */
export function iperf3Client({ ip }: Pick<Endpoint, "ip">): readonly string[] {
  return ["iperf3", ipFlag(ip), "-J", "-c", ip, "-p", PORT, "--connect-timeout", "3000"];
}

/** Its own words are in the JSON, and its exit code says nothing: 3.12 exits 0 on every error. */
export function failureOf(output: Output): Error | null {
  const error = stringAt(tryParse(output.stdout), "error");
  if (error !== null && output.ended === null) return new Error(`iperf3 on ${output.where} failed: ${lastLine(error)}`);
  return succeeded(output) ? null : new CommandError(output);
}

/** A server takes one client at a time, and on a busy machine the end of the warm-up may reach it after the next client. */
function turnedAway({ stdout }: Output): boolean {
  return stringAt(tryParse(stdout), "error")?.includes("the server is busy running a test") ?? false;
}

/** What `iperf3 -J` printed. @throws Error when it is no JSON. */
export function parseJsonOutput(text: string): unknown {
  const json = tryParse(text);
  if (json === undefined) throw new Error(`iperf3 printed no JSON: ${lastLine(text) || "nothing"}`);
  return json;
}

/** An end whose iperf3 used all the processor time that it can. @param streams of both directions */
export function generatorWarnings(json: unknown, streams: number): Warning[] {
  const version = Number(/^iperf (3\.\d+)/.exec(stringAt(json, "start", "version") ?? "")?.[1]);
  const threads = version >= MULTITHREADED_SINCE ? streams : 1;
  const ends = { client: "host_total", server: "remote_total" } as const;
  return Object.entries(ends).flatMap(([end, key]): Warning[] => {
    const percent = numberAt(json, "end", "cpu_utilization_percent", key);
    if (percent === null || percent < SATURATED_CORE_PERCENT * threads) return [];
    const limit = threads === 1 ? "a core" : `a core, with ${threads} threads`;
    return [{ code: "generator-limited", message: `the ${end}'s iperf3 used ${percent.toFixed(0)} % of ${limit}` }];
  });
}
