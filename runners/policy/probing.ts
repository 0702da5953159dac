/** Probes all connections of the truth table from inside the pods, until the results are stable and as expected. */
import { askCommand, askInput, parseProbeResult, type ProbeResult } from "../../core/probe/probe.ts";
import { describeFailure, succeeded, type Output, type Shell } from "../../core/shell.ts";
import { poll } from "../../core/wait.ts";
import type { Policy, PolicyPod, PolicyConnection, Topology } from "./policy-model.ts";
import { differences, expectedStates, type Difference } from "./truth-table.ts";
import { answerOfServer, allConnections } from "./topology.ts";

/** A connection without an answer after this time is blocked: a path within a data center answers in milliseconds. */
const ANSWER_TIMEOUT_S = 1;
/** Time limit for a plugin to apply a policy change: policies are eventually consistent. */
const SETTLE_TIMEOUT_S = 20;
/** Consecutive rounds that must agree: a plugin may pass through the expected state on its way to a wrong one. */
const REQUIRED_AGREEING_ROUNDS = 2;
/** Delay between two rounds. */
const ROUND_INTERVAL_S = 0.2;

const PROBE_PROTOCOLS = { TCP: "tcp", UDP: "udp" } as const;

export interface Probing {
  readonly topology: Topology;
  readonly shellOf: (pod: PolicyPod) => Shell;
  readonly keep: (role: string, output: Output) => void;
  readonly signal: AbortSignal;
}

/**
 * Probes all connections until the results are as expected, or the time limit is over.
 * @param role name for the raw output of the last round
 * @returns the remaining differences
 */
export async function probeUntilSettled(
  probing: Probing,
  policies: readonly Policy[],
  role: string,
): Promise<readonly Difference[]> {
  const { topology, keep, signal } = probing;
  const connections = allConnections(topology);
  const expected = expectedStates(topology, policies, connections);
  let differing: readonly Difference[] = [];
  let outputs: readonly Output[] = [];
  const check = async (): Promise<boolean> => {
    const round = await probeAll(probing, connections);
    outputs = round.outputs;
    differing = differences(connections, expected, round.results);
    return differing.length === 0;
  };
  await poll(check, {
    timeout: SETTLE_TIMEOUT_S,
    every: ROUND_INTERVAL_S,
    inARow: REQUIRED_AGREEING_ROUNDS,
    signal,
  });
  for (const output of outputs) keep(role, output);
  return differing;
}

/** Runs one round: every pod probes all its connections in parallel. */
async function probeAll(
  { topology, shellOf, signal }: Probing,
  connections: readonly PolicyConnection[],
): Promise<{ readonly results: readonly ProbeResult[]; readonly outputs: readonly Output[] }> {
  const results = new Map<PolicyConnection, ProbeResult>();
  const outputs = await Promise.all(
    topology.pods.map(async (pod) => {
      const own = connections.filter(({ from }) => from === pod);
      const probes = own.map(({ protocol, to, port }) => ({
        protocol: PROBE_PROTOCOLS[protocol],
        address: to.ip,
        port,
        name: answerOfServer(to),
      }));
      const output = await shellOf(pod).exec(askCommand(ANSWER_TIMEOUT_S), {
        stdin: askInput(probes),
        timeout: ANSWER_TIMEOUT_S + 10,
        signal,
      });
      const resultLines = output.stdout.trimEnd().split("\n");
      own.forEach((connection, i) =>
        results.set(
          connection,
          succeeded(output)
            ? parseProbeResult(resultLines[i] ?? "")
            : { state: "failed", detail: describeFailure(output) },
        ),
      );
      return output;
    }),
  );
  return { results: connections.map((connection) => results.get(connection) ?? parseProbeResult("")), outputs };
}
