/** Pairs of nodes: a heat map for each plugin, and the slowest of them by name. */
import type { ReportInput } from "../report.ts";
import { formatNumber, formatValue, scaleFor } from "../format.ts";
import { heatChart } from "../heat-chart.ts";
import { pairMatrices, type PairMatrix } from "../pair-matrix.ts";
import { chartFigure } from "./chart-figure.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { scrollable } from "./table.ts";

/** Pairs of each plugin in the table. */
const MAX_LISTED_PAIRS = 10;

/** By `suite / scenario`. */
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
  const { svg, nodesPerRow: perRow } = await heatChart(scale.unit, scale.factor, matrices);
  const groupingNote = perRow > 1 ? ` Up to ${perRow} nodes, in the order of their names, share a row.` : "";
  const omitted = Math.max(...matrices.map((matrix) => matrix.omitted));
  const omittedNote = omitted > 0 ? ` ${omitted} faster pairs of a repetition are not stored one by one.` : "";
  const caption = `Throughput from the node of the client to that of the server while all pairs load; medians over the blocks. The colours are zoomed and need not start at zero.${groupingNote}${omittedNote}`;
  return html`<article>
    <h3>Pairs of nodes <small>higher is better</small></h3>
    <div class="charts">${chartFigure(svg, "Throughput of each pair of nodes by plugin", caption)}</div>
    ${slowestTable(matrices, scale)}
  </article>`;
}

function slowestTable(matrices: readonly PairMatrix[], scale: ReturnType<typeof scaleFor>): Html {
  const head = ["Client", "Server", `Throughput (${scale.unit})`, "Idle round trip", "Blocks"];
  const groups = matrices.map(({ plugin, nodes, pairs }) => {
    const rows = pairs.slice(0, MAX_LISTED_PAIRS).map(
      ({ client, server, throughput, latency, blocks }) =>
        html`<tr>
          <td>${nodes[client] ?? ""}</td>
          <td>${nodes[server] ?? ""}</td>
          <td class="number">${formatNumber(throughput, scale)}</td>
          <td class="number">${formatValue(latency, "s")}</td>
          <td class="number">${blocks}</td>
        </tr>`,
    );
    return html`<tbody>
      <tr class="group">
        <th scope="rowgroup" colspan="5">${plugin}: the slowest of ${pairs.length} pairs</th>
      </tr>
      ${rows}
    </tbody>`;
  });
  return scrollable(
    "Slowest pairs of nodes",
    html`<table>
      <thead>
        <tr>
          ${head.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      ${groups}
    </table>`,
  );
}
