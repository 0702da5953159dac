/** A plugin whose leases can only be observed: a database in a directory that neither profile nor convention names. */
import { expect, test } from "vitest";
import { applies, type Clause } from "../../../conformance/clauses/clause.ts";
import { CLAUSES } from "../../../conformance/clauses/index.ts";
import { inParallel } from "../../../core/parallel.ts";
import { databaseMutant } from "../mutants/mutants-lease-files.ts";
import { useMutantLab } from "../mutants/lab.ts";

/** Clauses that used to be skipped, because they could not observe the leases. */
const OBSERVED = ["del.lease", "gc.emptylist", "gc.key", "gc.stale.lease", "ipam.persist"];
const GROUPS = /^(check|conc|del|gc|ipam|leak)\./;

/** The plugin has no daemon, although the setup of mutants with their own `ipam` adds one. */
function isTested(clause: Clause): boolean {
  return GROUPS.test(clause.id) && !clause.id.endsWith(".daemon") && applies(clause, "1.1.0", ["ipam"]);
}

const lab = useMutantLab();

test("the correct plugin violates no clause, and its leases are observed", async () => {
  const correct = databaseMutant({ number: "RD", description: "no fault", fails: [] }, () => ({}));
  await lab().install(correct);
  const failed: string[] = [];
  const passed: string[] = [];
  await inParallel(CLAUSES.filter(isTested), 2, async (clause) => {
    const { verdict } = await lab().testClause(correct, clause);
    if (verdict.status === "fail") failed.push(`${clause.id}: expected ${verdict.expected}; got ${verdict.got}`);
    if (verdict.status === "error") failed.push(`${clause.id}: ${verdict.reason}`);
    if (verdict.status === "pass") passed.push(clause.id);
  });
  expect(failed).toEqual([]);
  expect(passed).toEqual(expect.arrayContaining(OBSERVED));
  expect(lab().server.errors).toEqual([]);
}, 240_000);
