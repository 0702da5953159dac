/** Lists cells without a value once per reason, because a broken plugin fails many cells for one reason. */
import { groupBy } from "../core/group.ts";
import { cellId, type SummaryCell } from "../results/index.ts";

export interface ReasonGroup {
  /** The first one. */
  readonly cell: SummaryCell;
  /** Number of further cells. */
  readonly others: number;
  readonly reason: string;
}

/** @param state whose cells are listed: the errors of failed ones, the reasons of skipped ones */
export function groupedReasons(cells: readonly SummaryCell[], state: "failed" | "skipped"): readonly ReasonGroup[] {
  const groups = groupBy(
    cells.filter((cell) => cell.state === state),
    ({ error, reason }) => (state === "failed" ? error : reason) ?? "",
  );
  return [...groups].flatMap(([reason, [cell, ...others]]) =>
    cell === undefined ? [] : [{ cell, others: others.length, reason }],
  );
}

/** Returns `quick/tcp-1/… and 4 more`. @param nameOf how a plugin is shown */
export function cellsText({ cell, others }: Omit<ReasonGroup, "reason">, nameOf: (plugin: string) => string): string {
  const id = cellId({ ...cell, plugin: nameOf(cell.plugin) });
  return others === 0 ? id : `${id} and ${others} more`;
}
