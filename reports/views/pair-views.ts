/** The throughput of each pair of nodes: a heat map per plugin. */
import type { ReportInput } from "../report.ts";
import { scaleFor } from "../format.ts";
import { joinSentences, type Text } from "../language/text.ts";
import { pairMatrices, type PairMatrix } from "../pair-matrix.ts";
import { heatChart, nodesPerRow } from "./heat-chart.ts";
import type { View, ViewContext } from "./view.ts";

/** The node pairs of a scenario. */
export interface PairViews {
  readonly view: View;
  readonly matrices: readonly PairMatrix[];
}

/** Returns the node pairs by `suite / scenario`. */
export function pairViews(
  context: ViewContext,
  { run, records }: Pick<ReportInput, "run" | "records">,
): ReadonlyMap<string, PairViews> {
  const views = [...pairMatrices(run, records)].map(([name, matrices]) => {
    const scenario = name.slice(name.indexOf(" / ") + 3);
    const scale = scaleFor(
      "bit/s",
      matrices.flatMap(({ pairs }) => pairs.map(({ throughput }) => throughput)),
    );
    const view: View = {
      id: context.id(scenario, "pairs"),
      title: { en: "Node pairs", zh: "节点对" },
      caption: captionOf(matrices),
      scenarios: [scenario],
      draw: () => heatChart(scale.unit, scale.factor, matrices),
    };
    return [name, { view, matrices }] as const;
  });
  return new Map(views);
}

function captionOf(matrices: readonly PairMatrix[]): Text {
  const shared = nodesPerRow(matrices);
  const omitted = Math.max(...matrices.map((matrix) => matrix.omitted));
  return joinSentences([
    {
      en:
        "Throughput from the client node (rows) to the server node (columns) while all pairs are under load; median " +
        "over the blocks. Higher is better. The color scale can start above zero.",
      zh: "所有节点对同时加载时从客户端节点（行）到服务器节点（列）的吞吐量，各区组的中位数。越高越好。颜色刻度可能不从零开始。",
    },
    ...(shared > 1
      ? [
          {
            en: `Up to ${shared} nodes, sorted by name, share a row.`,
            zh: `按名称排序，每行最多 ${shared} 个节点。`,
          },
        ]
      : []),
    ...(omitted > 0
      ? [
          {
            en: `Up to ${omitted} faster pairs per repetition are not stored individually.`,
            zh: `每次重复最多有 ${omitted} 个较快的节点对未单独存储。`,
          },
        ]
      : []),
  ]);
}
