/** The life cycle of a pod: the times of ADD, CHECK, DEL and until the pod is ready, on one axis. */
import { metricsShownIn } from "../../core/metrics.ts";
import type { ResultRecord, SummaryCell } from "../../results/index.ts";
import { commonScale, type Scale } from "../format.ts";
import type { Text } from "../language/text.ts";
import type { Figure } from "../questions.ts";
import { dotChart, type DotRow } from "./dot-chart.ts";
import { cellsInPlanOrder, valueRow } from "./figure-views.ts";
import type { View, ViewContext } from "./view.ts";

/** Times of single pods, by ID of the cell. */
export type RepetitionValues = ReadonlyMap<string, readonly number[]>;

/**
 * @param figures of one scenario
 * @param repetitions from {@link singlePods}
 */
export function lifecycleView(
  context: ViewContext,
  figures: readonly Figure[],
  repetitions: RepetitionValues,
): View | null {
  const cells = metricsShownIn("lifecycle chart").flatMap((metric) =>
    figures.filter((figure) => figure.metric === metric).flatMap((figure) => cellsInPlanOrder(context, figure)),
  );
  const measured = cells.filter(({ state }) => state === "measured");
  const [{ scenario = "" } = {}] = figures;
  if (measured.length === 0) return null;
  const scale = commonScale("s", measured);
  const single = measured.some(({ id }) => repetitions.has(id));
  return {
    id: context.id(scenario, "lifecycle"),
    title: { en: "Pod life cycle", zh: "Pod 生命周期" },
    caption: caption(single),
    draw: () =>
      dotChart({
        rows: cells.map((cell) => rowOf(context, cell, scale, repetitions.get(cell.id))),
        unit: scale.unit,
        fromZero: true,
      }),
  };
}

function caption(single: boolean): Text {
  return single
    ? {
        en:
          "Small dots: single pods; large mark and line: median of the blocks with its 95 % confidence interval. " +
          "Lower is better. The axis starts at zero.",
        zh: "小点：单个 Pod；大标记与横线：各区组的中位数及其 95 % 置信区间。越低越好。坐标轴从零开始。",
      }
    : {
        en:
          "Small dots: blocks; large mark and line: median with its 95 % confidence interval. Lower is better. " +
          "The axis starts at zero.",
        zh: "小点：各区组；大标记与横线：中位数及其 95 % 置信区间。越低越好。坐标轴从零开始。",
      };
}

function rowOf(
  context: ViewContext,
  cell: SummaryCell,
  scale: Scale,
  repetitions: readonly number[] | undefined,
): DotRow {
  const row = valueRow(context, cell, scale);
  const points = repetitions?.map((value) => value / scale.factor) ?? row.points;
  return { ...row, panel: cell.metric, points };
}

/** Returns the times of single pods, which are the repetitions of the runner `lifecycle`. */
export function singlePods(cells: readonly SummaryCell[], records: Iterable<ResultRecord>): RepetitionValues {
  const own = new Map(cells.filter(({ runner }) => runner === "lifecycle").map(({ id }) => [id, [] as number[]]));
  if (own.size > 0)
    for (const record of records)
      if (record.kind === "repetition" && record.value !== undefined) own.get(record.cell)?.push(record.value);
  return new Map([...own].filter(([, values]) => values.length > 0));
}
