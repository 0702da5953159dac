/**
 * Interleaving: where the deployments of a block can exist at the same time, their measurements alternate, scenario by
 * scenario (docs/decisions/0011-interleaving.md). Pure.
 */
import type { ClusterKind } from "../../clusters/index.ts";
import { groupBy } from "../../core/group.ts";
import type { Plugin } from "../../plugins/index.ts";
import type { Interleaving } from "../../results/index.ts";
import { addressingOf, type Task } from "./make-plan.ts";
import type { DeploymentSlot, PendingTask } from "./schedule.ts";

/** Maximum number of nodes that exist at the same time: each has processes, namespaces and files in memory. */
const MAX_NODES = 64;

interface Setup {
  readonly kind: Pick<ClusterKind, "name" | "coexist">;
  readonly plugins: readonly Pick<Plugin, "name" | "bare">[];
  /** Nodes of each cluster. */
  readonly nodes: number;
}

/** Returns whether the measurements of the plugins of a block alternate, or why not. */
export function interleavingOf({ kind, plugins, nodes }: Setup): Interleaving {
  const reason = obstacle({ kind, plugins, nodes });
  return reason === null ? { applied: true, reason } : { applied: false, reason };
}

function obstacle({ kind, plugins, nodes }: Setup): string | null {
  if (kind.coexist !== true) return `${kind.name} clusters are used one at a time`;
  const withDaemons = plugins.find(({ bare }) => (bare?.daemons ?? []).length > 0);
  if (withDaemons !== undefined) return `daemons of ${withDaemons.name} would run during the loads of other plugins`;
  const total = (plugins.length + 1) * nodes;
  return total > MAX_NODES ? `${total} nodes would exist at the same time (at most ${MAX_NODES})` : null;
}

/**
 * Groups slots into rounds, whose deployments exist at the same time: those of a block whose pods have the same kind of
 * addresses. Without interleaving each slot is a round.
 */
export function roundsOf(
  slots: readonly DeploymentSlot[],
  { applied }: Interleaving,
): readonly (readonly DeploymentSlot[])[] {
  if (!applied) return slots.map((slot) => [slot]);
  const key = ({ block, work: [first] }: DeploymentSlot): string =>
    [block, first === undefined ? "" : addressingOf(first.task.scenario)].join(" ");
  return [...groupBy(slots, key).values()];
}

/** A task of one deployment of a round. */
interface Turn<Deployed> {
  readonly deployed: Deployed;
  readonly pending: PendingTask;
}

/**
 * Returns the work of a round, scenario by scenario and path by path. The deployments take turns in their given order;
 * the baseline takes its turn on the first path.
 * @param tasks all tasks of the plan, which determine the order of the scenarios
 */
export function turnsOf<Deployed extends { readonly slot: DeploymentSlot }>(
  round: readonly Deployed[],
  tasks: readonly Task[],
): readonly Turn<Deployed>[] {
  const scenarios = [...new Set(tasks.map(({ scenario }) => scenario))];
  const rank = new Map(scenarios.map((scenario, i) => [scenario, i]));
  const scenarioRank = ({ pending: { task } }: Turn<Deployed>): number => rank.get(task.scenario) ?? 0;
  const pathRank = ({ pending: { task } }: Turn<Deployed>): number =>
    task.path === null ? 0 : Math.max(0, task.scenario.paths.indexOf(task.path));
  return round
    .flatMap((deployed) => deployed.slot.work.map((pending): Turn<Deployed> => ({ deployed, pending })))
    .toSorted((a, b) => scenarioRank(a) - scenarioRank(b) || pathRank(a) - pathRank(b));
}
