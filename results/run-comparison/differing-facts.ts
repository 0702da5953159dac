/** The facts in which the two sides of a comparison differ: some prevent it, the others are listed with it. */
import { EnvironmentError, printable } from "../../core/errors.ts";
import type { RunFile } from "../record.ts";
import { median } from "../statistics.ts";
import { blocksOf, type FoldedRun } from "./folded-run.ts";
import type { FoldedSides } from "./match-cells.ts";
import type { DifferingFact } from "./run-comparison.ts";
import { definesNetwork, differingRunFacts, type FactSource, type RunFact } from "./run-facts.ts";

/**
 * Returns the facts in which the runs differ, also those of one side.
 * @throws EnvironmentError with one line for each fact that prevents a comparison
 */
export function requireComparable({ base, head, renamed }: FoldedSides): DifferingFact[] {
  requireRealNodes([...base, ...head].map(({ run }) => run));
  const sources = [...base.map((run) => ({ ...factSource(run), renamed })), ...head.map(factSource)];
  const { preventing, others } = differingRunFacts(sources);
  const bySide = (fact: RunFact): DifferingFact => factOfSides(fact, base.length);
  if (preventing.length > 0) throw new EnvironmentError(preventing.map(bySide).map(describeRefusal).join("\n"));
  return others.map(bySide);
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

function factSource({ run, cells }: FoldedRun): FactSource {
  const network = [...cells.values()].flatMap((cell) => {
    const { metric, plugin, path } = cell.planned;
    const blocks = definesNetwork(cell.planned) ? blocksOf(cell) : [];
    return blocks.length === 0 ? [] : [{ metric, plugin, path, value: median(blocks.map(({ value }) => value)) }];
  });
  return { run, network };
}

/** @param baseRuns number of runs of the base, which are before those of the head */
function factOfSides({ fact, values }: RunFact, baseRuns: number): DifferingFact {
  const valuesOf = (runs: RunFact["values"]): string | null => {
    const known = [...new Set(runs.filter((value) => value !== null))];
    return known.length === 0 ? null : known.join(", ");
  };
  return { fact, base: valuesOf(values.slice(0, baseRuns)), head: valuesOf(values.slice(baseRuns)) };
}
