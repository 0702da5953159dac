/** The truth table of one case: what was expected of every question, what was seen, and where the two differ. Pure. */
import type { Policy, Connection, Topology } from "./model.ts";
import { allows } from "./evaluator.ts";

/** What a probe saw. Failed: nothing can be said, for the check itself went wrong. */
export interface ProbeResult {
  readonly state: "open" | "blocked" | "failed";
  /** Why it is not open. */
  readonly detail: string;
}

export interface Difference {
  readonly connection: Connection;
  readonly expected: "open" | "blocked";
  readonly result: ProbeResult;
}

/** Differences that a message names; the others are counted. */
const MAX_LISTED_DIFFERENCES = 4;

export function expectedStates(
  world: Topology,
  policies: readonly Policy[],
  questions: readonly Connection[],
): readonly Difference["expected"][] {
  return questions.map((question) => (allows(world, policies, question) ? "open" : "blocked"));
}

/** @param answers one for each question, in their order; a missing one is a failed check */
export function differences(
  questions: readonly Connection[],
  expected: readonly Difference["expected"][],
  answers: readonly ProbeResult[],
): readonly Difference[] {
  const missing: ProbeResult = { state: "failed", detail: "the probe gave no answer" };
  const all = questions.map((question, i): Difference => ({
    connection: question,
    expected: expected[i] ?? "open",
    result: answers[i] ?? missing,
  }));
  return all.filter((one) => one.result.state !== one.expected);
}

/** `TCP 8080 from x/a to y/b is open, must be blocked; ...; and 12 more, of 288 questions`. */
export function describeDifferences(found: readonly Difference[], total: number): string {
  const sentences = found
    .slice(0, MAX_LISTED_DIFFERENCES)
    .map(({ connection: { from, to, protocol, port }, expected, result: answer }) => {
      const seen = answer.state === "open" ? "open" : `${answer.state} (${answer.detail})`;
      return `${protocol} ${port} from ${from.namespace}/${from.name} to ${to.namespace}/${to.name} is ${seen}, must be ${expected}`;
    });
  const more = found.length - sentences.length;
  return `${sentences.join("; ")}${more > 0 ? `; and ${more} more` : ""}, of ${total} questions`;
}

/** One line of the probe program: `open`, or a state and its reason. */
export function parseProbeResult(line: string): ProbeResult {
  const [word = "", ...rest] = line.trim().split(" ");
  const detail = rest.join(" ");
  if (word === "open" || word === "blocked") return { state: word, detail };
  if (word === "wrong") return { state: "failed", detail: `answered by ${detail}` };
  return { state: "failed", detail: detail || "no answer that could be read" };
}
