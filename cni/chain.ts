/** Running the plugins of a list one after the other: what ADD, DEL, CHECK, GC and STATUS have in common. */
import type { Shell } from "../core/shell.ts";
import { cniEnvironment, type CniEnv, type UnusedStyle } from "./environment.ts";
import { asError, checkSucceeded } from "./errors.ts";
import type { PluginFinder } from "./find.ts";
import { invokePlugin } from "./invoke.ts";
import { stringifyJson } from "./json.ts";
import { deriveRequest, type RequestParts } from "./request.ts";
import type { Attachment, Invocation, NetworkConfigList, Operation, PluginConfig } from "./types.ts";

/** How and where plugins are run. */
export interface PluginHost {
  readonly shell: Shell;
  readonly finder: PluginFinder;
  readonly pluginPath: readonly string[];
  /** Seconds for one plugin. */
  readonly timeout: number;
  readonly unusedEnv: UnusedStyle;
  readonly onInvoke: (invocation: Invocation) => void;
}

/** One operation on a list. */
export interface ListOperation {
  readonly command: Operation;
  readonly list: NetworkConfigList;
  /** null for GC and STATUS. */
  readonly attachment: Attachment | null;
  readonly parts: RequestParts;
  readonly signal: AbortSignal | undefined;
}

/**
 * Runs every plugin in list order, or in reverse for DEL, and stops at the first failure, which it throws; with
 * `goOn` it runs them all and returns the failures.
 */
export async function runList(
  host: PluginHost,
  operation: ListOperation,
  continueOnFailure = false,
): Promise<{ invocations: readonly Invocation[]; failures: readonly Error[] }> {
  const invocations: Invocation[] = [];
  const failures: Error[] = [];
  const plugins = operation.command === "DEL" ? operation.list.plugins.toReversed() : operation.list.plugins;
  for (const plugin of plugins) {
    try {
      invocations.push(await runPlugin(host, operation, plugin));
    } catch (error) {
      if (!continueOnFailure) throw error;
      failures.push(asError(error));
    }
  }
  return { invocations, failures };
}

/** Runs one plugin of the list. @throws CniError unless it succeeded; EnvironmentError when it is nowhere. */
export async function runPlugin(host: PluginHost, operation: ListOperation, plugin: PluginConfig): Promise<Invocation> {
  const { command, list, attachment, parts, signal } = operation;
  const env = cniEnvironment(command, host.pluginPath, attachment, host.unusedEnv);
  const invocation = await execute(host, plugin.type, {
    command,
    env,
    request: stringifyJson(deriveRequest(list, plugin, parts)),
    signal,
  });
  checkSucceeded(invocation);
  return invocation;
}

/** One execution as it is asked for; only a plugin that is nowhere throws. */
export async function execute(
  host: PluginHost,
  plugin: string,
  call: {
    readonly command: string;
    readonly env: CniEnv;
    readonly request: string;
    readonly signal: AbortSignal | undefined;
  },
): Promise<Invocation> {
  const [path = ""] = await host.finder.find([plugin]);
  const invocation = await invokePlugin(host.shell, { plugin, path, timeout: host.timeout, ...call });
  if (invocation.output.startError !== null) host.finder.forget(plugin);
  host.onInvoke(invocation);
  return invocation;
}
