/** Detects plugins that work for the pods of a node but not on a test node, which their agent does not serve. */
import { describeCall } from "../clauses/plugin-output.ts";
import { ClauseContext, type ContextOptions } from "../clauses/clause-context.ts";

/** Runs one ADD of a plugin that configured the pods. @returns null when it succeeds on a test node too */
export async function missingAgentReason(options: ContextOptions): Promise<string | null> {
  const context = await ClauseContext.open(options);
  try {
    const { ok, last } = await context.tryAdd(await context.createContainer());
    return ok
      ? null
      : `ADD works for pods, but not on a test node, where the agent of the plugin does not run: ${describeCall(last)}`;
  } finally {
    await context.close();
  }
}
