/** Asks every question of the truth table from inside the pods, and looks until the table is as expected and stays so. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeFailure } from "../../core/errors.ts";
import { succeeded, type Output, type Shell } from "../../core/shell.ts";
import type { Policy, PolicyPod, Connection, Topology } from "./model.ts";
import { differences, expectedStates, parseProbeResult, type ProbeResult, type Difference } from "./truth-table.ts";
import { answerOfServer, probeProgram, allConnections } from "./topology.ts";

/** Seconds without an answer that make a question blocked: a path on one machine or between racks answers in milliseconds. */
const ANSWER_TIMEOUT_S = 1;
/** Seconds that a plugin may take for a change of policies; policies are eventually consistent. */
const SETTLE_TIMEOUT_S = 20;
/** Rounds in a row that must agree: a plugin may pass through the right state on its way to a wrong one. */
const REQUIRED_AGREEING_ROUNDS = 2;
/** Seconds between two rounds. */
const ROUND_INTERVAL_S = 0.2;

export interface Probing {
  readonly topology: Topology;
  /** The shell of a pod. */
  readonly shellOf: (pod: PolicyPod) => Shell;
  readonly keep: (role: string, output: Output) => void;
  readonly signal: AbortSignal;
}

/** @returns what still differs when the time is over; empty: the table is as expected. @param role name for the raw output of the last round */
export async function probeUntilSettled(
  probing: Probing,
  policies: readonly Policy[],
  role: string,
): Promise<readonly Difference[]> {
  const { topology: world, keep, signal } = probing;
  const questions = allConnections(world);
  const expected = expectedStates(world, policies, questions);
  const deadline = performance.now() + SETTLE_TIMEOUT_S * 1000;
  for (let agreeing = 0; ;) {
    signal.throwIfAborted();
    const { answers, outputs } = await probeAll(probing, questions);
    const differing = differences(questions, expected, answers);
    agreeing = differing.length === 0 ? agreeing + 1 : 0;
    const timedOut = differing.length > 0 && performance.now() > deadline;
    if (agreeing === REQUIRED_AGREEING_ROUNDS || timedOut) {
      for (const output of outputs) keep(role, output);
      return differing;
    }
    await sleep(ROUND_INTERVAL_S * 1000, undefined, { signal });
  }
}

/** One round: every pod asks all of its questions side by side. */
async function probeAll(
  { topology: world, shellOf, signal }: Probing,
  questions: readonly Connection[],
): Promise<{ readonly answers: readonly ProbeResult[]; readonly outputs: readonly Output[] }> {
  const answers = new Map<Connection, ProbeResult>();
  const outputs = await Promise.all(
    world.pods.map(async (pod) => {
      const own = questions.filter(({ from }) => from === pod);
      const lines = own.map(
        ({ protocol, to, port }) => `${protocol.toLowerCase()} ${to.ip} ${port} ${answerOfServer(to)}\n`,
      );
      const output = await shellOf(pod).exec(["perl", "-e", probeProgram(), "ask", String(ANSWER_TIMEOUT_S)], {
        stdin: lines.join(""),
        timeout: ANSWER_TIMEOUT_S + 10,
        signal,
      });
      const resultLines = output.stdout.trimEnd().split("\n");
      own.forEach((question, i) =>
        answers.set(
          question,
          succeeded(output)
            ? parseProbeResult(resultLines[i] ?? "")
            : { state: "failed", detail: describeFailure(output) },
        ),
      );
      return output;
    }),
  );
  return { answers: questions.map((question) => answers.get(question) ?? parseProbeResult("")), outputs };
}
