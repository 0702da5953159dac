/** The section with all failed and skipped cells and all warnings, each with its reason. */
import type { Warning } from "../../core/warning-codes.ts";
import { groupBy } from "../../core/group.ts";
import { metricLabel } from "../language/metric-labels.ts";
import { joinTexts, type Text } from "../language/text.ts";
import type { Summary, SummaryCell } from "../../results/index.ts";
import { foldedSection } from "./fold.ts";
import { html } from "./markup.ts";
import type { Html } from "./markup.ts";
import { headedTable } from "./table.ts";

export function failuresSection({ cells, warnings: ofRun }: Summary, prefix: string): Html {
  const failed = groupByReason(
    cells.filter(({ state }) => state === "failed"),
    (cell) => cell.error ?? "",
  );
  const skipped = groupByReason(
    cells.filter(({ state }) => state === "skipped"),
    (cell) => cell.reason ?? "",
  );
  const warned = cells.flatMap((cell) => cell.warnings.map(({ code, message }) => ({ cell, code, message })));
  const describe = ({ code, message }: Warning): string => `${code}: ${message}`;
  const warnings = [
    ...ofRun.map((warning) => ({ location: ENTIRE_RUN, metrics: null, reason: describe(warning) })),
    ...groupByReason(warned, describe),
  ];
  return foldedSection(
    `${prefix}doubts`,
    { en: "Failures, skips and warnings", zh: "失败、跳过与警告" },
    html` ${groupTable(FAILED, failed)} ${groupTable(SKIPPED, skipped)} ${groupTable(WARNINGS, warnings)} `,
  );
}

/** The texts of a table of groups. */
interface GroupTexts {
  readonly title: Text;
  /** Title of the column of reasons. */
  readonly reason: Text;
  /** Shown without any group. */
  readonly none: Text;
}

const FAILED: GroupTexts = {
  title: { en: "Failed", zh: "失败" },
  reason: { en: "Error", zh: "错误" },
  none: { en: "No cell failed.", zh: "没有失败的单元。" },
};

const SKIPPED: GroupTexts = {
  title: { en: "Skipped", zh: "已跳过" },
  reason: { en: "Reason", zh: "原因" },
  none: { en: "No cell was skipped.", zh: "没有跳过的单元。" },
};

const WARNINGS: GroupTexts = {
  title: { en: "Warnings", zh: "警告" },
  reason: { en: "Warning", zh: "警告" },
  none: { en: "No warnings.", zh: "没有警告。" },
};

const CELLS: Text = { en: "Cells", zh: "单元" };
const ENTIRE_RUN: Text = { en: "Entire run", zh: "整个运行" };

interface CellGroup {
  readonly location: string | Text;
  /** null: the group is not about cells. */
  readonly metrics: Text | null;
  readonly reason: string;
}

/** Merges cells that share a reason into one row, because all metrics of a scenario usually do. */
function groupByReason<T extends SummaryCell | { readonly cell: SummaryCell }>(
  items: readonly T[],
  reasonOf: (item: T) => string,
): CellGroup[] {
  const entries = items.map((item) => {
    const { plugin, scenario, path, metric } = "cell" in item ? item.cell : item;
    return { location: `${plugin}, ${scenario}, ${path}`, reason: reasonOf(item), metric };
  });
  const groups = groupBy(entries, ({ location, reason }) => JSON.stringify([location, reason]));
  return [...groups.values()].map((same) => ({
    location: same[0]?.location ?? "",
    metrics: joinTexts(
      same.map(({ metric }) => metricLabel(metric)),
      { en: "; ", zh: "；" },
    ),
    reason: same[0]?.reason ?? "",
  }));
}

function groupTable({ title, reason: reasonTitle, none }: GroupTexts, groups: readonly CellGroup[]): Html {
  if (groups.length === 0)
    return html`<h3>${title}</h3>
      <p class="muted">${none}</p>`;
  const rows = groups.map(
    ({ location, metrics, reason }) =>
      html`<tr>
        <th scope="row"><bdi>${location}</bdi>${metrics === null ? null : html`: ${metrics}`}</th>
        <td class="why"><bdi>${reason}</bdi></td>
      </tr>`,
  );
  return html`<h3>${title}</h3>
    ${headedTable(
      title,
      [CELLS, reasonTitle],
      html`<tbody>
        ${rows}
      </tbody>`,
    )}`;
}
