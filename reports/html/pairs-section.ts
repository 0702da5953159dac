/** The node pairs of a scenario: a heat map per plugin and a table of the slowest pairs. */
import { formatNumber, formatValue, scaleFor } from "../format.ts";
import type { PairMatrix } from "../pair-matrix.ts";
import type { RunViews } from "../views/index.ts";
import { viewArticles } from "./view-parts.ts";
import { html } from "./markup.ts";
import type { Bilingual, Html } from "./markup.ts";
import type { Text } from "../language/text.ts";
import { headedTable } from "./table.ts";

/** Number of pairs per plugin in the table. */
const MAX_LISTED_PAIRS = 10;

/**
 * Returns the sections by `suite / scenario`.
 * @param prefix of the ids of the run
 */
export async function pairSections({ pairs }: RunViews, prefix: string): Promise<ReadonlyMap<string, Html>> {
  const sections = [...pairs].map(async ([name, { view, matrices }]) => {
    const articles = await viewArticles([view], prefix);
    return [name, html`${articles} ${slowestTable(matrices)}`] as const;
  });
  return new Map(await Promise.all(sections));
}

function slowestTable(matrices: readonly PairMatrix[]): Html {
  const scale = scaleFor(
    "bit/s",
    matrices.flatMap(({ pairs }) => pairs.map(({ throughput }) => throughput)),
  );
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
