/** A run of any size for reports: the values of the sample run, with other plugins and many scenarios. */
import type { ReportInput } from "../../reports/report.ts";
import type { Comparison, SummaryCell } from "../../results/summary.ts";
import { inputOf, sampleRun } from "./sample-run.ts";

export interface LargeRunOptions {
  readonly plugins: readonly string[];
  /** Copies of the scenarios of the sample run. */
  readonly copies: number;
  /** Changes a cell, such as to a failed one. */
  readonly change?: (cell: SummaryCell, index: number) => SummaryCell;
}

/** The headlines are questions of the first copy, of which each pair is undecided. */
export function largeRun({ plugins, copies, change = (cell) => cell }: LargeRunOptions): ReportInput {
  const { summary, run, ...sample } = inputOf(sampleRun());
  const ofScenario = summary.cells.flatMap((cell) => {
    if (cell.plugin === "host") return [cell];
    return cell.plugin === "bridge" ? plugins.map((plugin) => ({ ...cell, plugin })) : [];
  });
  const cells = Array.from({ length: copies }, (_, copy) =>
    ofScenario.map((cell) => (copy === 0 ? cell : { ...cell, scenario: `${cell.scenario}-${copy + 1}` })),
  );
  const headlines = ["quick/tcp-1/cross-node/throughput", "quick/pods/same-node/add-time"];
  const questions = headlines.map((id) => {
    const [suite, scenario, path, metric] = id.split("/");
    return { suite, scenario, path, metric } as Pick<Comparison, "suite" | "scenario" | "path" | "metric">;
  });
  const [template] = summary.comparisons as [Comparison];
  const comparisons = questions.flatMap((question) =>
    plugins.flatMap((a, index) =>
      plugins.slice(index + 1).map((b): Comparison => ({
        ...template,
        ...question,
        a,
        b,
        verdict: "undecided",
        detectable: 1.1,
      })),
    ),
  );
  return {
    ...sample,
    run: { ...run, plan: { ...run.plan, plugins, headlines } },
    summary: { ...summary, cells: cells.flat().map(change), comparisons },
  };
}
