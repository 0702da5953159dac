/** Finds out, before anything is measured, why the results of a plan could not be compared with a base run. */
import { preferredKind } from "../../clusters/index.ts";
import { printable, type Problem } from "../../core/errors.ts";
import type { Host } from "../../core/host.ts";
import { BASELINE } from "../../plugins/index.ts";
import {
  cellId,
  type CellKey,
  DEFAULT_REFERENCE,
  keyOfMachine,
  machineKey,
  NETWORK_FACTS,
  type NetworkFact,
  type PlannedCell,
  type RunFile,
} from "../../results/index.ts";
import { noiseMachine } from "../noise-card.ts";
import type { RunChoices } from "../plan/definition.ts";
import type { Plan } from "../plan/make-plan.ts";

/** A plan with the choices that it was made from. */
export interface PlannedRun {
  readonly choices: RunChoices;
  readonly plan: Plan;
}

const ALIKE = "measure the base with the same suites, plugins and cluster";

/**
 * Returns all problems. The facts that only a measurement shows are compared after it.
 * @param dir the base, for messages
 */
export async function baseProblems(
  host: Host,
  { dir, base }: { readonly dir: string; readonly base: RunFile },
  { choices, plan }: PlannedRun,
): Promise<readonly Problem[]> {
  const { kind, spec } = choices;
  const isEmulated = base.environment?.cluster.emulated === true || (await kind.isEmulated?.(host, spec)) === true;
  const messages = [
    ...networkDifferences(base, choices),
    ...(isEmulated ? ["numbers of emulated nodes are not compared; use a machine with KVM"] : []),
    ...missingPlugins(base, plan).map((name) => `this run does not measure the plugin ${name} of the base; ${ALIKE}`),
    ...(hasComparableCell(base, choices, plan) || hasOnlyCommonChecks(base, plan)
      ? []
      : [`no cell in common, or none with a common reference (baseline, bridge or machine); ${ALIKE}`]),
  ];
  return messages.map((message) => ({ message: `--confirm ${dir}: ${message}` }));
}

type NetworkFacts = Readonly<Record<NetworkFact, string | number | null>>;

/** Differences that ratios to the baseline do not cancel. */
function networkDifferences({ plan, definition: { underlay } }: RunFile, { kind, spec }: RunChoices): string[] {
  const base: NetworkFacts = {
    kind: plan.cluster,
    underlayMtu: underlay.mtu,
    underlayRate: underlay.rate,
    underlayDelay: underlay.delay,
    underlayLoss: underlay.loss ?? null,
  };
  const head: NetworkFacts = {
    kind: kind.name,
    underlayMtu: spec.underlayMtu,
    underlayRate: spec.underlayRate ?? null,
    underlayDelay: spec.underlayDelay ?? null,
    underlayLoss: spec.underlayLoss ?? null,
  };
  return NETWORK_FACTS.filter((fact) => base[fact] !== head[fact]).map((fact) => {
    const [inBase, inHead] = [base, head].map((facts) => String(facts[fact] ?? "none"));
    return `cluster ${fact} is ${inBase} in the base and ${inHead} in this run; measure both alike`;
  });
}

/** Returns the plugins of the base without a partner in the plan. Plugins that the base skipped need none. */
function missingPlugins(base: RunFile, { plugins }: Plan): string[] {
  const cells = base.plan.cells.filter(({ path }) => path !== "host");
  const measured = [...cells, ...base.plan.checks].filter(({ skip }) => skip === undefined);
  return [...new Set(measured.map(({ plugin }) => plugin))].filter((name) => !plugins.includes(name)).map(printable);
}

/** Reports whether both measure a cell, and what its values are divided by, unless the machine may be the same. */
function hasComparableCell(base: RunFile, { kind }: RunChoices, plan: Plan): boolean {
  const [ids, baseIds] = [measuredIds(plan.cells), measuredIds(base.plan.cells)];
  const isInBoth = (cell: CellKey): boolean => ids.has(cellId(cell)) && baseIds.has(cellId(cell));
  const mayBeSameMachine = kind.name !== preferredKind().name || machineKey(base) === keyOfMachine(noiseMachine());
  return plan.cells.some((cell) => {
    if (cell.path === "host" || cell.better === "none" || !isInBoth(cell)) return false;
    const baseline = { ...cell, plugin: BASELINE, path: "host" } as const;
    // Loads are compared by their baseline or not at all.
    if ([ids, baseIds].some((measured) => measured.has(cellId(baseline)))) return isInBoth(baseline);
    return mayBeSameMachine || (cell.plugin !== DEFAULT_REFERENCE && isInBoth({ ...cell, plugin: DEFAULT_REFERENCE }));
  });
}

/** Reports whether both make a conformance check, and one of them measures nothing else. */
function hasOnlyCommonChecks(base: RunFile, { cells, checks }: Plan): boolean {
  if (cells.length > 0 && base.plan.cells.length > 0) return false;
  const [ids, baseIds] = [measuredIds(checks), measuredIds(base.plan.checks)];
  return [...ids].some((id) => baseIds.has(id));
}

function measuredIds(cells: readonly Pick<PlannedCell, "id" | "skip">[]): ReadonlySet<string> {
  return new Set(cells.filter(({ skip }) => skip === undefined).map(({ id }) => id));
}
