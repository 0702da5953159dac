/** The answers of the first screen in plan order, and those that a reader has to unfold. */
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";
import { answer } from "./answer.ts";
import { plain } from "./phrase.ts";
import type { ScreenQuestion, ScreenQuestions } from "./screen-questions.ts";

/** Answers that are shown; a run without headlines can have many main questions. */
const MAX_ANSWERS = { headline: 8, exploratory: 4 } as const;
/** Columns of the table of plugins and questions. */
const MAX_COLUMNS = { headline: 12, exploratory: 6 } as const;

const NOTHING: Text = { en: "The run has no measured question.", zh: "本次运行没有测量任何问题。" };
export const NOT_MEASURED: Text = { en: "not part of this run", zh: "不在本次运行中" };
const EXPLORATORY: Text = {
  en: "Exploratory: no question was named before the run, so some of these differences may be false.",
  zh: "探索性：运行前没有指定主要问题，因此其中一些差异可能是虚假差异。",
};

export interface AnswerList {
  /** What to know before the answers, or that there are none. */
  readonly note: Text | null;
  readonly first: readonly ScreenQuestion[];
  readonly others: readonly ScreenQuestion[];
  /** IDs of the headline questions without any cell. */
  readonly missing: readonly string[];
}

export function answerList({ shown, headline, missing }: ScreenQuestions): AnswerList {
  const max = MAX_ANSWERS[headline ? "headline" : "exploratory"];
  const note = shown.length + missing.length === 0 ? NOTHING : headline ? null : EXPLORATORY;
  return { note, first: shown.slice(0, max), others: shown.slice(max), missing };
}

/** Returns the questions that are columns of the table of plugins and questions. */
export function tableQuestions({ shown, headline }: ScreenQuestions): readonly ScreenQuestion[] {
  return shown.slice(0, MAX_COLUMNS[headline ? "headline" : "exploratory"]);
}

/** Returns an answer as plain text. @param nameText how a name is shown; default: in full */
export function answerLine({ figure, question }: ScreenQuestion, nameText?: (name: string) => string): string {
  const sentence = plain(answer(figure, question).en, nameText);
  return `${metricLabel(figure.metric).en}, ${question.path} (${figure.scenario}): ${sentence}`;
}
