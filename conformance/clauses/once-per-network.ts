/** Shares what a test does and observes with the tests of other clauses. */
import type { ClauseContext } from "./clause-context.ts";

/**
 * Runs a function once for each network, version and set of capabilities, although several tests ask for its result. It
 * runs on the node of the test that asks first.
 * @param subject identifies the function
 */
export function oncePerNetwork<T>(context: ClauseContext, subject: string, run: () => Promise<T>): Promise<T> {
  const { list, offeredCapabilities } = context.underTest;
  return context.observer.once(JSON.stringify([subject, list.cniVersion, list.text, offeredCapabilities]), run);
}
