/** Predicts what the headline questions of a plan can show on a machine whose noise is known. */
import { headlineLevel, type NoiseCard, predictDetectable, questionId } from "../../results/index.ts";
import { minBlocks } from "../../suites/index.ts";
import type { Plan } from "./make-plan.ts";

export interface HeadlinePrediction {
  /** suite/scenario/path/metric */
  readonly question: string;
  /** Smallest true ratio (above 1) of two plugins that the run shows with a probability of 80 %; null: unknown. */
  readonly ratio: number | null;
}

/** Returns a prediction for each headline question of the plan that `--only` does not omit. */
export function predictHeadlines({ headlines = [], tasks, cells }: Plan, card: NoiseCard): HeadlinePrediction[] {
  return headlines.flatMap((question) => {
    const cell = cells.find((one) => questionId(one) === question && one.skip === undefined);
    const task = tasks.find(({ cells: own }) => Object.values(own).some((one) => one === cell));
    if (cell === undefined || task === undefined) return [];
    const { scenario, suite, runner } = task;
    const { repetitions, params } = scenario;
    const load = {
      runner: runner.name,
      params,
      path: cell.path,
      metric: cell.metric,
      repetitions,
      blocks: minBlocks(suite.blocks),
    };
    return [{ question, ratio: predictDetectable(card, load, headlineLevel(headlines.length)) }];
  });
}
