/** Finds the facts in which runs differ: some prevent a comparison, the others are listed with it. */
import { EnvironmentError, printable } from "../../core/errors.ts";
import { findMetric } from "../../core/metrics.ts";
import { flattenFacts } from "../changes.ts";
import { describeCluster } from "../cluster-facts.ts";
import type { RunFile } from "../record.ts";
import { median } from "../statistics.ts";
import { blocksOf, type FoldedRun } from "./folded-run.ts";
import type { FoldedSides } from "./match-cells.ts";
import type { DifferingFact } from "./run-comparison.ts";

/** Facts of the cluster's network that must be the same: ratios to the baseline do not cancel their effects. */
export const NETWORK_FACTS = ["kind", "underlayMtu", "underlayRate", "underlayDelay", "underlayLoss"] as const;
export type NetworkFact = (typeof NETWORK_FACTS)[number];

const REQUIRED_FACTS: ReadonlySet<string> = new Set(NETWORK_FACTS.map((name) => `cluster ${name}`));
/** Bytes differ between equal machines, and do not influence the values. */
const IGNORED_FACTS = new Set(["memory"]);

/**
 * Returns the facts in which the runs differ, also those of one side.
 * @throws EnvironmentError with one line for each fact that prevents a comparison
 */
export function requireComparable(sides: FoldedSides): DifferingFact[] {
  requireRealNodes([...sides.base, ...sides.head].map(({ run }) => run));
  const machine = differences(sides, machineFacts);
  const network = [...machine.filter(({ fact }) => REQUIRED_FACTS.has(fact)), ...pluginNetworks(sides)];
  if (network.length > 0) throw new EnvironmentError(network.map(describeRefusal).join("\n"));
  return [...machine, ...pluginFacts(sides)];
}

function describeRefusal({ fact, base, head }: DifferingFact): string {
  const [inBase, inHead] = [base, head].map((value) => printable(value ?? "unknown"));
  return `not comparable: ${printable(fact)} is ${inBase} in base and ${inHead} in head; measure both sides alike`;
}

/** Emulated processors say nothing about real ones. @throws EnvironmentError if a run has such nodes */
export function requireRealNodes(runs: readonly RunFile[]): void {
  const emulated = runs.find(({ environment }) => environment?.cluster.emulated === true);
  if (emulated === undefined) return;
  throw new EnvironmentError(
    `run ${printable(emulated.id)} has emulated nodes, whose numbers are not compared; measure on a machine with KVM`,
  );
}

type Facts = ReadonlyMap<string, string>;

/** Returns the facts whose values are not the same in all runs that have them. */
function differences(
  { base, head }: Pick<FoldedSides, "base" | "head">,
  factsOf: (run: FoldedRun, side: "base" | "head") => Facts,
): DifferingFact[] {
  const [ofBase, ofHead] = [base.map((run) => factsOf(run, "base")), head.map((run) => factsOf(run, "head"))];
  const names = new Set([...ofBase, ...ofHead].flatMap((facts) => [...facts.keys()]));
  return [...names].flatMap((fact) => {
    const values = [ofBase, ofHead].map((runs) => new Set(runs.flatMap((facts) => facts.get(fact) ?? [])));
    const all = new Set(values.flatMap((each) => [...each]));
    const [inBase = null, inHead = null] = values.map((each) => (each.size === 0 ? null : [...each].join(", ")));
    return all.size < 2 ? [] : [{ fact, base: inBase, head: inHead }];
  });
}

function machineFacts({ run }: FoldedRun): Facts {
  const { environment, versions } = run;
  if (environment === null) return new Map();
  const facts = [
    ...flattenFacts({ ...environment, cluster: describeCluster(environment.cluster), plugins: [] }, ""),
    ...flattenFacts(versions, "version of "),
  ];
  return new Map(facts.filter(([name]) => !IGNORED_FACTS.has(name)));
}

/** Encapsulation and MTU of the pods of each compared plugin. */
function pluginNetworks(sides: FoldedSides): DifferingFact[] {
  return differences(sides, (run, side) => {
    const known = (run.run.environment?.plugins ?? []).flatMap(({ name, encapsulation }) =>
      encapsulation === null ? [] : [[`encapsulation of ${headName(sides, name, side)}`, encapsulation] as const],
    );
    return new Map([...known, ...measuredNetwork(run, sides, side)]);
  });
}

/** Measured properties of the pods' network, such as the MTU. */
function measuredNetwork(run: FoldedRun, sides: FoldedSides, side: "base" | "head"): (readonly [string, string])[] {
  return [...run.cells.values()].flatMap((cell) => {
    const { metric, plugin, path } = cell.planned;
    const { label, definesNetwork } = findMetric(metric) ?? {};
    const blocks = blocksOf(cell);
    if (label === undefined || definesNetwork !== true || path === "host" || blocks.length === 0) return [];
    const value = median(blocks.map((block) => block.value));
    return [[`${label} of ${headName(sides, plugin, side)} on path ${path}`, String(value)] as const];
  });
}

/** Version and configuration of each compared plugin; binaries differ in every comparison of two versions. */
function pluginFacts(sides: FoldedSides): DifferingFact[] {
  return differences(sides, ({ run }, side) => {
    const facts = (run.environment?.plugins ?? []).flatMap(({ name, version, configHash }) => {
      const plugin = headName(sides, name, side);
      return [
        [`version of ${plugin}`, version],
        [`configuration of ${plugin}`, configHash === null ? null : configHash.slice(0, 12)],
      ] as const;
    });
    return new Map(facts.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])));
  });
}

/** Returns the name of a plugin in the head runs, so that a renamed plugin has the same name on both sides. */
function headName({ renamed }: FoldedSides, plugin: string, side: "base" | "head"): string {
  return side === "base" ? (renamed.get(plugin) ?? plugin) : plugin;
}
