/** Whether a plugin that works for the pods of a node misses something in a test: an agent, or the way to one. */
import { saidBy } from "./answer.ts";
import { Trial, type TrialOptions } from "./trial.ts";

/** One ADD tells. @param options of a plugin that pods have got their network from. @returns null: it works in a test too. */
export async function whyUnserved(options: TrialOptions): Promise<string | null> {
  const trial = await Trial.open(options);
  try {
    const { ok, last } = await trial.tryAdd(await trial.container());
    return ok ? null : `ADD works for pods, but not on a test node, where no agent of the plugin runs: ${saidBy(last)}`;
  } finally {
    await trial.close();
  }
}
