/** Returns the warnings about a run as a whole. */
import { groupBy } from "../core/group.ts";
import { findMetric } from "../core/metrics.ts";
import type { Warning, WarningCode } from "../core/warning-codes.ts";
import type { PlannedCell, RunFile } from "./record.ts";

const GENERATOR_LIMITED: WarningCode = "generator-limited";
/** Tasks listed in a message. */
const MAX_LISTED_TASKS = 20;

/** The part of a cell that concerns its warnings. */
export interface WarnedCell {
  readonly planned: Pick<PlannedCell, "suite" | "scenario" | "path" | "plugin">;
  readonly warnings: readonly Warning[];
}

export function runWideWarnings(run: RunFile, cells: readonly WarnedCell[]): Warning[] {
  const warnings: Warning[] = [];
  if (run.outcome !== "complete") {
    const outcome = run.outcome === "failed" ? "failed" : "was interrupted";
    warnings.push({ code: "unfinished", message: `the run ${outcome}; each cell lists its number of blocks` });
  }
  const cluster = run.environment?.cluster;
  if (cluster?.sameHost === true && run.plan.cells.some(({ metric }) => findMetric(metric)?.cpuCost !== undefined)) {
    const message =
      "all nodes share one machine, so its CPUs limit throughput: interpret it together with CPU time per Gbit/s";
    warnings.push({ code: "same-host", message });
  }
  if (cluster?.emulated === true) {
    warnings.push({
      code: "emulated",
      message: "the nodes are emulated: performance numbers are displayed but never ranked",
    });
  }
  return [...warnings, ...generatorWarnings(cells)];
}

/** Returns the warnings of a cell without those that {@link runWideWarnings} reports once for all cells. */
export function cellWarnings(warnings: readonly Warning[]): Warning[] {
  return warnings.filter(({ code }) => code !== GENERATOR_LIMITED);
}

/** A load generator without spare CPU time concerns most cells of a report alike, so all share one warning. */
function generatorWarnings(cells: readonly WarnedCell[]): Warning[] {
  const limited = cells.filter(({ warnings }) => warnings.some(({ code }) => code === GENERATOR_LIMITED));
  if (limited.length === 0) return [];
  const byPath = groupBy(limited, ({ planned: { suite, scenario, path } }) => `${suite}/${scenario}/${path}`);
  const tasks = [...byPath].map(([id, ofPath]) => {
    const plugins = [...new Set(ofPath.map(({ planned }) => planned.plugin))];
    return `${id} (${plugins.join(", ")})`;
  });
  const more = tasks.length > MAX_LISTED_TASKS ? `, and ${tasks.length - MAX_LISTED_TASKS} more` : "";
  const message =
    "the load generator used about one full core, so it may limit the results of " +
    `${tasks.slice(0, MAX_LISTED_TASKS).join(", ")}${more}`;
  return [{ code: GENERATOR_LIMITED, message }];
}
