/** The comparisons of a metric: the estimate, interval and verdict of each pair of plugins. */
import { groupBy } from "../../core/group.ts";
import type { Comparison } from "../../results/index.ts";
import { formatRatio, formatValue, scaleFor } from "../format.ts";
import { metricLabel } from "../language/metric-labels.ts";
import type { Text } from "../language/text.ts";
import { fromViewOf, type Figure, type Question } from "../questions.ts";
import { dotChart, type DotRow } from "./dot-chart.ts";
import { pairLabel, styleOf, uniqueLabels } from "./plugin-styles.ts";
import { inPlanOrder, type View, type ViewContext } from "./view.ts";

/** Pairs on one path up to which all are shown; of more pairs, only those with the best plugin. */
const MAX_PAIRS = 15;

const MARKS = { better: "▲", worse: "▼", equal: "=", undecided: "?" } as const;

const CAPTION: Text = {
  en:
    "First plugin compared with the second: estimate and 95 % confidence interval of this pair. ▲ better, ▼ worse, " +
    "= equal, ? undecided. Dashed: no difference.",
  zh: "前一个插件与后一个插件相比：该对的估计值与 95 % 置信区间。▲ 更优，▼ 更差，= 相等，? 未定。虚线：无差异。",
};

const VERSUS_CAPTION: Text = {
  en:
    "Each plugin compared with the chosen one: estimate and 95 % confidence interval of this pair. ▲ better, " +
    "▼ worse, = equal, ? undecided. Dashed: no difference.",
  zh: "各插件与所选插件相比：该对的估计值与 95 % 置信区间。▲ 更优，▼ 更差，= 相等，? 未定。虚线：无差异。",
};

export function comparisonView(context: ViewContext, figure: Figure): View | null {
  const pairs = figure.questions.flatMap((question) => shownPairs(context, question));
  const label = metricLabel(figure.metric);
  const texts = { title: { en: `${label.en}: pairs of plugins`, zh: `${label.zh}：插件两两比较` }, caption: CAPTION };
  const labelPair = ({ a, b }: Comparison): string => pairLabel(labelOf(context, a), labelOf(context, b));
  return pairsView(context, figure, { pairs, labelPair, texts, id: [] });
}

/** The comparisons with one plugin. */
export interface VersusView {
  readonly plugin: string;
  readonly view: View;
}

/** Returns a view for each plugin that others are compared with; none for many plugins, because drawing takes time. */
export function versusViews(context: ViewContext, figure: Figure): VersusView[] {
  if (figure.questions.some(({ comparisons }) => comparisons.length > MAX_PAIRS)) return [];
  return context.run.plan.plugins.flatMap((plugin) => {
    const pairs = figure.questions.flatMap(({ comparisons }) =>
      inPlanOrderOf(
        context,
        comparisons.flatMap((pair) => fromViewOf(otherThan(plugin, pair) ?? "", pair) ?? []),
      ),
    );
    const label = metricLabel(figure.metric);
    const title = { en: `${label.en}: compared with ${plugin}`, zh: `${label.zh}：与 ${plugin} 比较` };
    const labelPair = ({ a }: Comparison): string => labelOf(context, a);
    const texts = { title, caption: VERSUS_CAPTION };
    const view = pairsView(context, figure, { pairs, labelPair, texts, id: [plugin] });
    return view === null ? [] : [{ plugin, view }];
  });
}

/** Returns the other plugin of a pair, or null if it is a pair of two others. */
function otherThan(plugin: string, { a, b }: Comparison): string | null {
  if (a === plugin) return b;
  return b === plugin ? a : null;
}

function inPlanOrderOf(context: ViewContext, pairs: readonly Comparison[]): Comparison[] {
  return inPlanOrder(
    context,
    pairs.map((pair) => ({ pair, plugin: pair.a })),
  ).map(({ pair }) => pair);
}

interface Pairs {
  readonly pairs: readonly Comparison[];
  readonly labelPair: (pair: Comparison) => string;
  readonly texts: Pick<View, "title" | "caption">;
  /** What the id of the view has in addition. */
  readonly id: readonly string[];
}

function pairsView(context: ViewContext, figure: Figure, { pairs, labelPair, texts, id }: Pairs): View | null {
  if (pairs.length === 0) return null;
  const isRatio = pairs.every(({ scale }) => scale === "ratio");
  const shown = pairs.filter(({ scale }) => isRatio || scale === "difference");
  const estimates = shown.map(({ estimate }) => estimate);
  const { factor, unit } = isRatio ? { factor: 1, unit: "" } : scaleFor(figure.unit, estimates);
  const rows = [...groupBy(shown, ({ path }) => path).values()].flatMap((same) => {
    const labels = uniqueLabels(same.map(labelPair));
    return same.map((pair, index) => rowOf(context, figure, pair, { factor, label: labels[index] ?? "" }));
  });
  return {
    ...texts,
    id: context.id(figure.scenario, figure.metric, "pairs", ...id),
    draw: () => dotChart({ rows, unit, reference: isRatio ? 1 : 0 }),
  };
}

function shownPairs(context: ViewContext, { comparisons, rankedCells }: Question): Comparison[] {
  const order = context.styles.map(({ name }) => name);
  if (comparisons.length <= MAX_PAIRS)
    return comparisons.map((pair) =>
      order.indexOf(pair.a) > order.indexOf(pair.b) ? pair : (fromViewOf(pair.b, pair) ?? pair),
    );
  return rankedCells.flatMap(({ versusBest }) => versusBest ?? []);
}

function labelOf({ styles }: ViewContext, plugin: string): string {
  return styleOf(styles, plugin).label;
}

function rowOf(
  { styles }: ViewContext,
  { unit }: Figure,
  { path, a, scale, estimate, ci95, verdict }: Comparison,
  { factor, label }: { readonly factor: number; readonly label: string },
): DotRow {
  const format = (value: number): string => (scale === "ratio" ? formatRatio(value, ci95) : formatValue(value, unit));
  const interval = ci95 === null ? "" : ` [${ci95.map(format).join(", ")}]`;
  return {
    ...{ panel: path, value: estimate / factor, points: [] },
    interval: ci95 && [ci95[0] / factor, ci95[1] / factor],
    plugin: { ...styleOf(styles, a), label },
    text: `${MARKS[verdict]} ${format(estimate)}${interval}`,
  };
}
