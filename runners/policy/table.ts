/** The truth table of one case: what was expected of every question, what was seen, and where the two differ. Pure. */
import type { Policy, Question, World } from "./model.ts";
import { allows } from "./verdict.ts";

/** What a probe saw. Failed: nothing can be said, for the check itself went wrong. */
export interface Answer {
  readonly state: "open" | "blocked" | "failed";
  /** Why it is not open. */
  readonly detail: string;
}

export interface Difference {
  readonly question: Question;
  readonly expected: "open" | "blocked";
  readonly answer: Answer;
}

/** Differences that a message names; the others are counted. */
const SHOWN = 4;

export function expectations(
  world: World,
  policies: readonly Policy[],
  questions: readonly Question[],
): readonly Difference["expected"][] {
  return questions.map((question) => (allows(world, policies, question) ? "open" : "blocked"));
}

/** @param answers one for each question, in their order; a missing one is a failed check */
export function differences(
  questions: readonly Question[],
  expected: readonly Difference["expected"][],
  answers: readonly Answer[],
): readonly Difference[] {
  const missing: Answer = { state: "failed", detail: "the probe gave no answer" };
  const all = questions.map((question, i): Difference => ({
    question,
    expected: expected[i] ?? "open",
    answer: answers[i] ?? missing,
  }));
  return all.filter((one) => one.answer.state !== one.expected);
}

/** `TCP 8080 from x/a to y/b is open, must be blocked; ...; and 12 more, of 288 questions`. */
export function describeDifferences(found: readonly Difference[], total: number): string {
  const sentences = found.slice(0, SHOWN).map(({ question: { from, to, protocol, port }, expected, answer }) => {
    const seen = answer.state === "open" ? "open" : `${answer.state} (${answer.detail})`;
    return `${protocol} ${port} from ${from.namespace}/${from.name} to ${to.namespace}/${to.name} is ${seen}, must be ${expected}`;
  });
  const more = found.length - sentences.length;
  return `${sentences.join("; ")}${more > 0 ? `; and ${more} more` : ""}, of ${total} questions`;
}

/** One line of the probe program: `open`, or a state and its reason. */
export function parseAnswer(line: string): Answer {
  const [word = "", ...rest] = line.trim().split(" ");
  const detail = rest.join(" ");
  if (word === "open" || word === "blocked") return { state: word, detail };
  if (word === "wrong") return { state: "failed", detail: `answered by ${detail}` };
  return { state: "failed", detail: detail || "no answer that could be read" };
}
