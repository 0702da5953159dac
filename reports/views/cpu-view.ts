/** Where the CPU time of a load is spent: bars of the modes user, system and softirq. */
import { metricsShownIn } from "../../core/metrics.ts";
import { groupBy } from "../../core/group.ts";
import type { SummaryCell } from "../../results/index.ts";
import { formatNumber, scaleFor } from "../format.ts";
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { barChart, type Bar } from "./bar-chart.ts";
import { cellsInPlanOrder } from "./figure-views.ts";
import { styleOf } from "./plugin-styles.ts";
import type { View, ViewContext } from "./view.ts";

const CAPTION: Text = {
  en: "CPU time by mode, as the median of the blocks of each mode, on the nodes of both endpoints. Lower is better.",
  zh: "各模式的 CPU 时间（两端节点，每个模式取各区组中位数）。越低越好。",
};

/** @param figures of one scenario */
export function cpuView(context: ViewContext, figures: readonly Figure[]): View | null {
  const cells = metricsShownIn("cpu chart")
    .flatMap((metric) =>
      figures.filter((figure) => figure.metric === metric).flatMap((figure) => cellsInPlanOrder(context, figure)),
    )
    .filter(({ state }) => state === "measured");
  const [{ scenario = "" } = {}] = figures;
  if (cells.length === 0) return null;
  return {
    id: context.id(scenario, "cpu-modes"),
    title: { en: "CPU time by mode", zh: "各模式的 CPU 时间" },
    caption: CAPTION,
    draw: () => barChart(barsOf(context, cells), "cores"),
  };
}

function barsOf(context: ViewContext, cells: readonly SummaryCell[]): Bar[] {
  const rows = groupBy(cells, ({ path, plugin }) => JSON.stringify([path, plugin]));
  return [...rows.values()].flatMap((own) => {
    const [first] = own;
    if (first === undefined) return [];
    const parts = own.map(({ metric, median }) => ({ name: metric.replace("cpu-", ""), value: median ?? 0 }));
    const total = parts.reduce((sum, { value }) => sum + value, 0);
    const text = formatNumber(total, scaleFor("cores", [total]));
    return [{ panel: first.path, plugin: styleOf(context.styles, first.plugin), parts, text }];
  });
}
