/** Compares the figures of the self-test of gates with their limit. */
import { groupBy } from "../../../core/group.ts";
import { SIMULATED_FALSE_ALARMS } from "../../../results/index.ts";
import { assess, markdownTable, percent, type Limit, type Row } from "../outcome.ts";
import { add } from "../tally.ts";
import { CONFIRMATIONS, type GateShares, type GateTally, type GateTask } from "./gate-tasks.ts";

export interface FinishedGates {
  readonly task: GateTask;
  readonly tally: GateTally;
}

/** method.md states this bound for one cell. A gate has several, but confirms only those that look like regressions. */
const FALSE_ALARM: Limit<keyof GateShares> = {
  figure: "falseAlarm",
  label: "gates with a confirmed false regression",
  bound: "at most",
  value: 0.025,
};

/** Returns the rates of false alarms by confirmation and runners, and by confirmation alone, as `run` prints them. */
export function gateRows(finished: readonly FinishedGates[]): Row[] {
  return [
    ...groupsOf(finished, groupOf).flatMap(([group, tally]) => assess(group, FALSE_ALARM, tally)),
    ...CONFIRMATIONS.flatMap((confirmation) => {
      const own = finished.filter(({ task }) => task.confirmation === confirmation);
      const limit = {
        ...FALSE_ALARM,
        label: "the same, as run --confirm prints",
        value: SIMULATED_FALSE_ALARMS[confirmation],
      };
      return groupsOf(own, () => `${confirmation}, all`).flatMap(([group, tally]) => assess(group, limit, tally));
    }),
  ];
}

/** Returns the shares of gates with a suspect in the first measurement, as a Markdown table. */
export function suspicionTable(finished: readonly FinishedGates[]): string {
  const rows = groupsOf(finished, groupOf).flatMap(([group, { suspicion }]) =>
    suspicion === undefined ? [] : [[group, percent(suspicion.sum / suspicion.reports)]],
  );
  return markdownTable(["gates", "with a suspect"], rows);
}

function groupOf({ task: { confirmation, runners } }: FinishedGates): string {
  return `${confirmation}, ${runners}`;
}

function groupsOf(finished: readonly FinishedGates[], nameOf: (gates: FinishedGates) => string): [string, GateTally][] {
  return [...groupBy(finished, nameOf)]
    .map(([group, members]): [string, GateTally] => [
      group,
      members.reduce((sum: GateTally, { tally }) => add(sum, tally), {}),
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}
