/** Runs clauses against a mutant and compares the failures with the expected ones. */
import { applies, type Clause } from "../../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../../conformance/clauses/index.ts";
import { setUpBase } from "./base-plugins.ts";
import type { MutantLab } from "./lab.ts";
import type { Mutant } from "./mutant.ts";

export interface Judgment {
  readonly mutant: Mutant;
  /** Clauses that must fail but do not, with their verdicts. */
  readonly missed: readonly string[];
  /** Clauses that fail unexpectedly. */
  readonly unrelated: readonly string[];
  readonly tested: number;
}

/** Clauses that take seconds; they are controls in the full run only. */
const SLOW_CLAUSES = /^(conc|leak|ipam\.parallel|cap|env\.nocrash|err\.code\.reserved|cfg\.ipmasq)/;

/** One in this many groups of clauses provides a control. */
const GROUP_STRIDE = 3;

/**
 * Returns the clauses that must fail, and one clause from every third group as controls. The controls vary with the
 * number of the mutant, so that each clause is a control of several mutants.
 * @param all return every clause that applies instead
 */
function clausesFor(mutant: Mutant, all: boolean): readonly Clause[] {
  const { fails, version = "1.1.0", base, config } = mutant;
  const { kinds } = setUpBase(base, version, config).profile;
  const applicable = CLAUSES.filter((clause) => applies(clause, version, kinds));
  if (all) return applicable;
  const groups = new Map<string, Clause[]>();
  for (const clause of applicable) {
    const group = groupOf(clause.id);
    if (!SLOW_CLAUSES.test(clause.id)) groups.set(group, [...(groups.get(group) ?? []), clause]);
  }
  const number = Number(mutant.number.slice(1));
  const controls = [...groups.values()]
    .filter((_, i) => (i + number) % GROUP_STRIDE === 0)
    .flatMap((clauses) => clauses[Math.floor(number / GROUP_STRIDE) % clauses.length] ?? []);
  return [...new Set([...applicable.filter(({ id }) => fails.includes(id)), ...controls])];
}

export async function judge(lab: MutantLab, mutant: Mutant, all: boolean): Promise<Judgment> {
  await lab.install(mutant);
  const clauses = clausesFor(mutant, all);
  const missed = new Map(mutant.fails.map((id) => [id, `${id}: does not apply`]));
  const unrelated: string[] = [];
  for (const clause of clauses) {
    const { verdict } = await lab.testClause(mutant, clause);
    const { id } = clause;
    if (verdict.status === "fail") {
      missed.delete(id);
      if (!mutant.fails.includes(id) && !isConsequence(mutant, id))
        unrelated.push(`${id}: expected ${verdict.expected}; got ${verdict.got}`);
    } else if (verdict.status === "error") {
      unrelated.push(`${id}: ${verdict.reason}`);
    } else if (missed.has(id)) {
      missed.set(id, `${id}: ${verdict.status === "skip" ? `skipped (${verdict.reason})` : "passed"}`);
    }
  }
  return { mutant, missed: [...missed.values()], unrelated, tested: clauses.length };
}

function isConsequence({ mayAlsoFail = [] }: Mutant, id: string): boolean {
  return mayAlsoFail.some((glob) => new RegExp(`^${glob.replaceAll(".", "\\.").replaceAll("*", ".*")}$`).test(id));
}

function groupOf(id: string): string {
  return id.split(".")[0] ?? "";
}

/** The MUST and derived clauses that no mutant breaks. */
export function uncoveredClauses(mutants: readonly Mutant[]): readonly string[] {
  const broken = new Set(mutants.flatMap(({ fails }) => fails));
  return CLAUSES.filter(
    ({ id, level, earlier }) =>
      [level, earlier?.level].some((one) => one === "MUST" || one === "derived") && !broken.has(id),
  ).map(({ id }) => id);
}
