/** Selects the questions of the first screen: the headline questions of the run, or its main metrics. */
import { isShownIn } from "../../core/metrics.ts";
import { questionId, type RunFile } from "../../results/index.ts";
import type { Figure, Question } from "../questions.ts";

/** Number of open views of a run without headlines. */
const MAX_OPENED = 6;

export interface ScreenQuestion {
  readonly figure: Figure;
  readonly question: Question;
}

export interface ScreenQuestions {
  /** In plan order. */
  readonly shown: readonly ScreenQuestion[];
  /** Whether they were named before the run. */
  readonly headline: boolean;
  /** IDs of the headline questions without any cell, e.g. because of `--only`. */
  readonly missing: readonly string[];
}

export function screenQuestions({ plan }: Pick<RunFile, "plan">, figures: readonly Figure[]): ScreenQuestions {
  const headlines = plan.headlines ?? [];
  const ranked = figures.filter(({ better }) => better !== "none");
  const named = questionsOf(ranked).filter((each) => headlines.includes(idOf(each)));
  const missing = headlines.filter((id) => !named.some((each) => idOf(each) === id));
  if (named.length > 0) return { shown: named, headline: true, missing };
  const main = ranked.filter(({ metric }) => isShownIn("report", metric));
  return { shown: questionsOf(main.length > 0 ? main : ranked), headline: false, missing };
}

function questionsOf(figures: readonly Figure[]): ScreenQuestion[] {
  return figures.flatMap((figure) => figure.questions.map((question) => ({ figure, question })));
}

function idOf({ figure, question }: ScreenQuestion): string {
  return questionId({ ...figure, path: question.path as Parameters<typeof questionId>[0]["path"] });
}

/** Returns the figures whose views are open: all with a headline question, or the first main ones. */
export function openedFigures({ shown, headline }: ScreenQuestions): ReadonlySet<Figure> {
  const figures = [...new Set(shown.map(({ figure }) => figure))];
  return new Set(headline ? figures : figures.slice(0, MAX_OPENED));
}
