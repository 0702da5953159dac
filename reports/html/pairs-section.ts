/** The node pairs of a scenario: a heat map per plugin and a table of the slowest pairs. */
import type { ReportInput } from "../report.ts";
import { formatNumber, formatValue, scaleFor } from "../format.ts";
import { heatChart } from "../heat-chart.ts";
import { pairMatrices, type PairMatrix } from "../pair-matrix.ts";
import { chartFigure } from "./chart-parts.ts";
import { html } from "./markup.ts";
import type { Bilingual, Html } from "./markup.ts";
import type { Text } from "../language/text.ts";
import { headedTable } from "./table.ts";

/** Number of pairs per plugin in the table. */
const MAX_LISTED_PAIRS = 10;

/** Returns the sections by `suite / scenario`. */
export async function pairSections({
  run,
  records,
}: Pick<ReportInput, "run" | "records">): Promise<ReadonlyMap<string, Html>> {
  const sections = [...pairMatrices(run, records)].map(
    async ([name, matrices]) => [name, await pairSection(matrices)] as const,
  );
  return new Map(await Promise.all(sections));
}

async function pairSection(matrices: readonly PairMatrix[]): Promise<Html> {
  const scale = scaleFor(
    "bit/s",
    matrices.flatMap(({ pairs }) => pairs.map(({ throughput }) => throughput)),
  );
  const { svg, nodesPerRow } = await heatChart(scale.unit, scale.factor, matrices);
  const groupingNote = nodesPerRow > 1 ? ` Up to ${nodesPerRow} nodes, sorted by name, share a row.` : "";
  const omitted = Math.max(...matrices.map((matrix) => matrix.omitted));
  const omittedNote = omitted > 0 ? ` Up to ${omitted} faster pairs per repetition are not stored individually.` : "";
  const caption =
    "Throughput from the client node to the server node while all pairs are under load; median over the blocks. " +
    `The color scale is zoomed to the data and may not start at zero.${groupingNote}${omittedNote}`;
  return html`<article>
    <h3>Node pairs <small>higher is better</small></h3>
    <div class="charts">${chartFigure(svg, "Throughput of each node pair by plugin", caption)}</div>
    ${slowestTable(matrices, scale)}
  </article>`;
}

function slowestTable(matrices: readonly PairMatrix[], scale: ReturnType<typeof scaleFor>): Html {
  const head: readonly Text[] = [
    { en: "Client", zh: "客户端" },
    { en: "Server", zh: "服务器" },
    { en: `Throughput (${scale.unit})`, zh: `吞吐量（${scale.unit}）` },
    { en: "Idle round-trip time", zh: "空闲往返时间" },
    { en: "Blocks", zh: "区组" },
  ];
  const groups = matrices.map(({ plugin, nodes, pairs }) => {
    const rows = pairs.slice(0, MAX_LISTED_PAIRS).map(
      ({ client, server, throughput, latency, blocks }) =>
        html`<tr>
          <td><bdi>${nodes[client] ?? ""}</bdi></td>
          <td><bdi>${nodes[server] ?? ""}</bdi></td>
          <td class="number">${formatNumber(throughput, scale)}</td>
          <td class="number">${formatValue(latency, "s")}</td>
          <td class="number">${blocks}</td>
        </tr>`,
    );
    return html`<tbody>
      <tr class="group">
        <th scope="rowgroup" colspan="5">${slowestNote(plugin, pairs.length)}</th>
      </tr>
      ${rows}
    </tbody>`;
  });
  return headedTable({ en: "Slowest node pairs", zh: "最慢的节点对" }, head, groups);
}

function slowestNote(plugin: string, pairs: number): Bilingual {
  return {
    en: html`<bdi>${plugin}</bdi>: slowest of ${pairs} pairs`,
    zh: html`<bdi>${plugin}</bdi>：${pairs} 个节点对中最慢的`,
  };
}
