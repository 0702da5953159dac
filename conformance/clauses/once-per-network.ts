/** Shares what a test does and observes with the tests of other clauses. */
import type { ClauseContext } from "./clause-context.ts";
import { Skip } from "./demand.ts";

/**
 * Runs a function once for each network, version and set of capabilities, although several tests ask for its result. It
 * runs on the node of the test that asks first; the others get its calls as evidence. If it fails, other than by a
 * skip, each test runs it: whether a plugin destroyed the node is judged on the node of the test.
 * @param subject identifies the function
 */
export async function oncePerNetwork<T>(context: ClauseContext, subject: string, run: () => Promise<T>): Promise<T> {
  const { list, offeredCapabilities } = context.underTest;
  const key = JSON.stringify([subject, list.cniVersion, list.text, offeredCapabilities]);
  let isFirst = false;
  try {
    const shared = await context.observer.once(key, async () => {
      isFirst = true;
      const start = context.calls.length;
      const result = await run();
      return { result, calls: context.calls.slice(start) };
    });
    context.calls.push(...shared.calls.filter((call) => !context.calls.includes(call)));
    return shared.result;
  } catch (error) {
    if (isFirst || error instanceof Skip) throw error;
    return run();
  }
}
