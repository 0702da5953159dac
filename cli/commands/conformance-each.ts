/** Tests several plugins with one selection of clauses, which need not concern all of them. */
import { NoMatchingClause } from "../../conformance/index.ts";
import { messageOf, printable } from "../../core/errors.ts";
import type { ConformanceReport } from "../../results/index.ts";

/**
 * Returns the reports of the plugins that a selected clause applies to; the others are named on stderr.
 * @throws NoMatchingClause when no selected clause applies to any of them
 */
export async function testEach<Target>(
  targets: readonly Target[],
  test: (target: Target) => Promise<ConformanceReport>,
): Promise<readonly ConformanceReport[]> {
  const reports: ConformanceReport[] = [];
  const unmatched: NoMatchingClause[] = [];
  for (const target of targets) {
    try {
      reports.push(await test(target));
    } catch (error) {
      if (!(error instanceof NoMatchingClause)) throw error;
      unmatched.push(error);
    }
  }
  const [first] = unmatched;
  if (reports.length === 0 && first !== undefined) throw first;
  for (const error of unmatched) process.stderr.write(`${printable(messageOf(error))}\n`);
  return reports;
}
