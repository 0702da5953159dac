/** Asks every question of the truth table from inside the pods, and looks until the table is as expected and stays so. */
import { setTimeout as sleep } from "node:timers/promises";
import { describeFailure } from "../../core/errors.ts";
import { succeeded, type Output, type Shell } from "../../core/shell.ts";
import type { Policy, PolicyPod, Question, World } from "./model.ts";
import { differences, expectations, parseAnswer, type Answer, type Difference } from "./table.ts";
import { answerOf, probeProgram, questionsOf } from "./world.ts";

/** Seconds without an answer that make a question blocked: a path on one machine or between racks answers in milliseconds. */
const SILENCE = 1;
/** Seconds that a plugin may take for a change of policies; policies are eventually consistent. */
const SETTLE = 20;
/** Rounds in a row that must agree: a plugin may pass through the right state on its way to a wrong one. */
const IN_A_ROW = 2;
/** Seconds between two rounds. */
const PAUSE = 0.2;

export interface Probing {
  readonly world: World;
  /** The shell of a pod. */
  readonly shellOf: (pod: PolicyPod) => Shell;
  readonly keep: (role: string, output: Output) => void;
  readonly signal: AbortSignal;
}

/** @returns what still differs when the time is over; empty: the table is as expected. @param role name for the raw output of the last round */
export async function settle(
  probing: Probing,
  policies: readonly Policy[],
  role: string,
): Promise<readonly Difference[]> {
  const { world, keep, signal } = probing;
  const questions = questionsOf(world);
  const expected = expectations(world, policies, questions);
  const deadline = performance.now() + SETTLE * 1000;
  for (let row = 0; ;) {
    signal.throwIfAborted();
    const { answers, outputs } = await askAll(probing, questions);
    const found = differences(questions, expected, answers);
    row = found.length === 0 ? row + 1 : 0;
    const over = found.length > 0 && performance.now() > deadline;
    if (row === IN_A_ROW || over) {
      for (const output of outputs) keep(role, output);
      return found;
    }
    await sleep(PAUSE * 1000, undefined, { signal });
  }
}

/** One round: every pod asks all of its questions side by side. */
async function askAll(
  { world, shellOf, signal }: Probing,
  questions: readonly Question[],
): Promise<{ readonly answers: readonly Answer[]; readonly outputs: readonly Output[] }> {
  const answers = new Map<Question, Answer>();
  const outputs = await Promise.all(
    world.pods.map(async (pod) => {
      const own = questions.filter(({ from }) => from === pod);
      const lines = own.map(({ protocol, to, port }) => `${protocol.toLowerCase()} ${to.ip} ${port} ${answerOf(to)}\n`);
      const output = await shellOf(pod).exec(["perl", "-e", probeProgram(), "ask", String(SILENCE)], {
        stdin: lines.join(""),
        timeout: SILENCE + 10,
        signal,
      });
      const said = output.stdout.trimEnd().split("\n");
      own.forEach((question, i) =>
        answers.set(
          question,
          succeeded(output) ? parseAnswer(said[i] ?? "") : { state: "failed", detail: describeFailure(output) },
        ),
      );
      return output;
    }),
  );
  return { answers: questions.map((question) => answers.get(question) ?? parseAnswer("")), outputs };
}
