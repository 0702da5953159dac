/** Whether a plugin that works for the pods of a node misses something in a test: an agent, or the way to one. */
import { describeCall } from "./plugin-output.ts";
import { ClauseContext, type ContextOptions } from "./clause-context.ts";

/** One ADD tells. @param options of a plugin that pods have got their network from. @returns null: it works in a test too. */
export async function missingAgentReason(options: ContextOptions): Promise<string | null> {
  const trial = await ClauseContext.open(options);
  try {
    const { ok, last } = await trial.tryAdd(await trial.createContainer());
    return ok
      ? null
      : `ADD works for pods, but not on a test node, where no agent of the plugin runs: ${describeCall(last)}`;
  } finally {
    await trial.close();
  }
}
