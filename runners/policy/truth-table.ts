/**
 * The truth table of one case: the expected and the observed state of every connection, and their differences. Pure.
 */
import type { Policy, Connection, Topology } from "./model.ts";
import { allows } from "./evaluator.ts";

/** The result of a probe. "failed": the probe itself failed, so the state is unknown. */
export interface ProbeResult {
  readonly state: "open" | "blocked" | "failed";
  /** Why the connection is not open. */
  readonly detail: string;
}

export interface Difference {
  readonly connection: Connection;
  readonly expected: "open" | "blocked";
  readonly result: ProbeResult;
}

/** Differences listed in a message; the remaining ones are counted. */
const MAX_LISTED_DIFFERENCES = 4;

export function expectedStates(
  topology: Topology,
  policies: readonly Policy[],
  connections: readonly Connection[],
): readonly Difference["expected"][] {
  return connections.map((connection) => (allows(topology, policies, connection) ? "open" : "blocked"));
}

/** @param results one per connection, in the same order; a missing result is a failed probe */
export function differences(
  connections: readonly Connection[],
  expected: readonly Difference["expected"][],
  results: readonly ProbeResult[],
): readonly Difference[] {
  const missing: ProbeResult = { state: "failed", detail: "the probe returned no result" };
  const all = connections.map((connection, i): Difference => ({
    connection,
    expected: expected[i] ?? "open",
    result: results[i] ?? missing,
  }));
  return all.filter((one) => one.result.state !== one.expected);
}

/** Returns e.g. `TCP 8080 from x/a to y/b is open, expected blocked; ...; and 12 more, of 288 connections`. */
export function describeDifferences(found: readonly Difference[], total: number): string {
  const sentences = found
    .slice(0, MAX_LISTED_DIFFERENCES)
    .map(({ connection: { from, to, protocol, port }, expected, result }) => {
      const observed = result.state === "open" ? "open" : `${result.state} (${result.detail})`;
      const ends = `from ${from.namespace}/${from.name} to ${to.namespace}/${to.name}`;
      return `${protocol} ${port} ${ends} is ${observed}, expected ${expected}`;
    });
  const more = found.length - sentences.length;
  return `${sentences.join("; ")}${more > 0 ? `; and ${more} more` : ""}, of ${total} connections`;
}

/** Parses a line of the probe program: `open`, or a state and its reason. */
export function parseProbeResult(line: string): ProbeResult {
  const [word = "", ...rest] = line.trim().split(" ");
  const detail = rest.join(" ");
  if (word === "open" || word === "blocked") return { state: word, detail };
  if (word === "wrong") return { state: "failed", detail: `answered by ${detail}` };
  return { state: "failed", detail: detail || "no valid output" };
}
