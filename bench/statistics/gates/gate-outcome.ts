/** Compares the figures of the self-test of gates with their limit. */
import { groupBy } from "../../../core/group.ts";
import { assess, markdownTable, percent, type Limit, type Row } from "../outcome.ts";
import { add } from "../tally.ts";
import type { GateShares, GateTally, GateTask } from "./gate-tasks.ts";

export interface FinishedGates {
  readonly task: GateTask;
  readonly tally: GateTally;
}

/** The bound of a single cell; a gate has several, but only its suspects can be confirmed. */
const FALSE_ALARM: Limit<keyof GateShares> = {
  figure: "falseAlarm",
  label: "gates with a confirmed false regression",
  bound: "at most",
  value: 0.025,
};

/** Returns the rates of false alarms by kind of confirmation and by runners. */
export function gateRows(finished: readonly FinishedGates[]): Row[] {
  return groupsOf(finished).flatMap(([group, tally]) => assess(group, FALSE_ALARM, tally));
}

/** Returns the shares of gates with a suspect in the first measurement, as a Markdown table. */
export function suspicionTable(finished: readonly FinishedGates[]): string {
  const rows = groupsOf(finished).flatMap(([group, { suspicion }]) =>
    suspicion === undefined ? [] : [[group, percent(suspicion.sum / suspicion.reports)]],
  );
  return markdownTable(["gates", "with a suspect"], rows);
}

function groupsOf(finished: readonly FinishedGates[]): [string, GateTally][] {
  const groups = groupBy(finished, ({ task: { confirmation, runners } }) => `${confirmation}, ${runners}`);
  return [...groups]
    .map(([group, members]): [string, GateTally] => [
      group,
      members.reduce((sum: GateTally, { tally }) => add(sum, tally), {}),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
