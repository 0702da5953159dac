/** Runs ADD on a list: each plugin receives the result of the previous one (specification 1.1, section 3). */
import { UsageError } from "../core/errors.ts";
import type { Warning } from "../core/warning-codes.ts";
import { listOperation, runPlugin, type PluginHost } from "./chain.ts";
import { parseAddOutput, toPrevResult, type AddOutput } from "./plugin-output.ts";
import type { AddOutcome, Attachment, Invocation, NetworkConfigList } from "./types.ts";

/** Runs ADD of all plugins. @throws UsageError for a list without plugins; CniError of the first failing plugin */
export async function runAdd(
  host: PluginHost,
  list: NetworkConfigList,
  attachment: Attachment,
  signal: AbortSignal | undefined,
): Promise<AddOutcome> {
  const invocations: Invocation[] = [];
  const unversioned: string[] = [];
  let output: AddOutput | null = null;
  for (const plugin of list.plugins) {
    const last = invocations.at(-1);
    const prevResult = output && last ? toPrevResult(last, output.raw, list.cniVersion) : null;
    const invocation = await runPlugin(host, listOperation("ADD", list, { attachment, prevResult, signal }), plugin);
    invocations.push(invocation);
    output = parseAddOutput(invocation);
    if (output.versionMissing) unversioned.push(plugin.type);
  }
  if (output === null) throw new UsageError(`network "${list.name}" has no plugins; add one to "plugins"`);
  const warnings = unversioned.map((type): Warning => ({
    code: "result-version",
    message: `no cniVersion in the result of plugin ${type}; assuming ${list.cniVersion}`,
  }));
  return { result: output.result, raw: output.raw, invocations, warnings };
}
