/**
 * The truth table of one case: the expected and the observed state of every connection, and their differences. Pure.
 */
import type { ProbeResult } from "../../core/probe/probe.ts";
import type { Policy, PolicyConnection, Topology } from "./policy-model.ts";
import { allows } from "./evaluator.ts";

export interface Difference {
  readonly connection: PolicyConnection;
  readonly expected: "open" | "blocked";
  readonly result: ProbeResult;
}

/** Differences listed in a message; the remaining ones are counted. */
const MAX_LISTED_DIFFERENCES = 4;

export function expectedStates(
  topology: Topology,
  policies: readonly Policy[],
  connections: readonly PolicyConnection[],
): readonly Difference["expected"][] {
  return connections.map((connection) => (allows(topology, policies, connection) ? "open" : "blocked"));
}

/** @param results one per connection, in the same order; a missing result is a failed probe */
export function differences(
  connections: readonly PolicyConnection[],
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
