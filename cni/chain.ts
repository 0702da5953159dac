/** Runs the plugins of a list in sequence, which is common to ADD, DEL, CHECK, GC and STATUS. */
import type { Shell } from "../core/shell.ts";
import { cniEnvironment, type CniEnv, type UnusedStyle } from "./environment.ts";
import { asError, checkSucceeded } from "./plugin-errors.ts";
import type { PluginFinder } from "./plugin-finder.ts";
import { invokePlugin } from "./invoke.ts";
import { stringifyJson, type JsonObject } from "./lossless-json.ts";
import { deriveRequest, type RequestParts } from "./request.ts";
import type { Attachment, Invocation, NetworkConfigList, Operation, PluginConfig } from "./types.ts";

/** How and where plugins run. */
export interface PluginHost {
  readonly shell: Shell;
  readonly finder: PluginFinder;
  readonly pluginPath: readonly string[];
  /** Seconds for one plugin. */
  readonly timeout: number;
  readonly unusedEnv: UnusedStyle;
  readonly onInvoke: (invocation: Invocation) => void;
}

/** An operation on a list. */
export interface ListOperation {
  readonly command: Operation;
  readonly list: NetworkConfigList;
  /** null for GC and STATUS. */
  readonly attachment: Attachment | null;
  readonly parts: RequestParts;
  readonly signal: AbortSignal | undefined;
}

/** Inputs of an operation that do not come from the list. */
interface OperationContext {
  readonly attachment?: Attachment | null;
  readonly prevResult?: JsonObject | null;
  readonly signal: AbortSignal | undefined;
}

/** Creates an operation on an attachment or, without one, on the network (STATUS). */
export function listOperation(
  command: Operation,
  list: NetworkConfigList,
  { attachment = null, prevResult = null, signal }: OperationContext,
): ListOperation {
  const parts = { prevResult, capabilityArgs: attachment?.capabilityArgs ?? {} };
  return { command, list, attachment, signal, parts };
}

/** Invocations and failures of an operation. */
export interface ListOutcome {
  readonly invocations: readonly Invocation[];
  readonly failures: readonly Error[];
}

/**
 * Runs all plugins in list order, or in reverse order for DEL. Throws the first failure; with `continueOnFailure` runs
 * all plugins and returns the failures.
 */
export async function runList(
  host: PluginHost,
  operation: ListOperation,
  continueOnFailure = false,
): Promise<ListOutcome> {
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

/** Runs one plugin of the list. @throws CniError if it fails; EnvironmentError if it is not found */
export async function runPlugin(host: PluginHost, operation: ListOperation, plugin: PluginConfig): Promise<Invocation> {
  const { command, list, attachment, parts, signal } = operation;
  const env = cniEnvironment(command, host.pluginPath, attachment, host.unusedEnv);
  const invocation = await executeRequest(host, plugin.type, {
    command,
    env,
    request: stringifyJson(deriveRequest(list, plugin, parts)),
    signal,
  });
  checkSucceeded(invocation);
  return invocation;
}

/** Performs one execution as given. @throws EnvironmentError if the plugin is not found */
export async function executeRequest(
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
