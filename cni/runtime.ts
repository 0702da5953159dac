/**
 * The CNI runtime: executes network configurations for containers (specification 1.1, section 3).
 *
 * Two duties stay with the caller, who knows the container: its network namespace exists from before the first ADD until
 * after the last DEL, and several networks of one container are added one after the other and deleted in reverse.
 */
import { UsageError } from "../core/errors.ts";
import { DEFAULT_TIMEOUT_S, type Shell } from "../core/shell.ts";
import {
  parseAddOutput,
  toPrevResult,
  parseVersionOutput,
  type AddOutput,
  type VersionOutput,
} from "./plugin-output.ts";
import { execute, runPlugin, runList, type PluginHost, type ListOperation } from "./chain.ts";
import { withVersion } from "./conf.ts";
import { withoutCniVariables, versionEnvironment, type CniEnv, type UnusedStyle } from "./environment.ts";
import { CniErrors, asError, withCleanup } from "./errors.ts";
import { PluginFinder } from "./find.ts";
import type { JsonObject } from "./json.ts";
import { configOfAdd, resultOfAdd, restoreForDel } from "./restore.ts";
import type { RuntimeStore } from "./store.ts";
import type { AddOutcome, Attachment, AttachmentRef, Invocation, NetworkConfigList } from "./types.ts";
import { checkAttachment, checkRef } from "./validate.ts";
import { LATEST_VERSION, atLeast, highestCommon } from "./version.ts";

export interface RuntimeOptions {
  /** Where the plugins run: the networking domain of the node. */
  readonly shell: Shell;
  /** Folders on the node, first match wins. */
  readonly pluginPath: readonly string[];
  readonly store: RuntimeStore;
  /** Seconds for one plugin. Default 60. */
  readonly timeout?: number;
  /** Default `empty`. */
  readonly unusedEnv?: UnusedStyle;
  /** Told of every execution as it ends, those of failing operations included. */
  readonly onInvoke?: (invocation: Invocation) => void;
}

/** An attachment to delete: what is not given is taken from its ADD. */
export type DelTarget = AttachmentRef & Partial<Attachment>;

export interface DelOptions {
  readonly signal?: AbortSignal;
  /** Runs the remaining plugins after a failure too. The specification stops at the first, which leaves theirs undone. */
  readonly goOn?: boolean;
}

export class CniRuntime {
  readonly #host: PluginHost;
  readonly #store: RuntimeStore;

  constructor(options: RuntimeOptions) {
    const {
      shell,
      pluginPath,
      store,
      timeout = DEFAULT_TIMEOUT_S,
      unusedEnv = "empty",
      onInvoke = () => undefined,
    } = options;
    this.#host = { shell, finder: new PluginFinder(shell, pluginPath), pluginPath, timeout, unusedEnv, onInvoke };
    this.#store = store;
  }

  /**
   * Connects the container to the network. After a failure everything is deleted again, and the first error is thrown;
   * if that DEL fails too, its error is on the first one as `cleanup`.
   * @throws UsageError for input that no plugin should see; CniError of a plugin; EnvironmentError
   */
  async add(list: NetworkConfigList, attachment: Attachment, signal?: AbortSignal): Promise<AddOutcome> {
    checkAttachment(attachment);
    return this.#store.withLock(
      attachment.containerID,
      async () => {
        if (this.#store.has(attachment)) {
          throw new UsageError(
            `container ${attachment.containerID} has ${attachment.ifName} already; run DEL before another ADD`,
          );
        }
        // All of them first: a list that cannot be run to its end is not begun.
        await this.#host.finder.find(list.plugins.map(({ type }) => type));
        try {
          return await this.#addAll(list, attachment, signal);
        } catch (error) {
          throw await this.#undoAdd(asError(error), list, attachment);
        }
      },
      signal,
    );
  }

  /**
   * Undoes ADD, with the configuration and the arguments of the ADD as far as they are stored. May be repeated.
   * @throws CniError of the first plugin that fails (CniErrors with `goOn`); the stored attachment is kept then.
   */
  async del(list: NetworkConfigList, target: DelTarget, options: DelOptions = {}): Promise<readonly Invocation[]> {
    checkAttachment({ netns: "", ...target });
    return this.#store.withLock(target.containerID, () => this.#delete(list, target, options), options.signal);
  }

  /**
   * Asks the plugins whether the attachment is as ADD left it. Nothing runs where the configuration disables it.
   * @throws UsageError before ADD, after DEL, and below version 0.4.0; CniError of the first plugin that objects.
   */
  async check(list: NetworkConfigList, ref: AttachmentRef, signal?: AbortSignal): Promise<readonly Invocation[]> {
    checkRef(ref);
    return this.#store.withLock(
      ref.containerID,
      async () => {
        const cached = this.#store.load(list.name, ref);
        const added = configOfAdd(list, cached);
        if (!atLeast(added.cniVersion, "0.4.0"))
          throw new UsageError(`version ${added.cniVersion} has no CHECK; use 0.4.0 or later`);
        if (list.disableCheck || added.disableCheck) return [];
        if (cached === null)
          throw new UsageError(
            `container ${ref.containerID} has no ${ref.ifName} in network "${list.name}"; run ADD before CHECK`,
          );
        const prevResult = resultOfAdd(cached, added);
        return this.#runList("CHECK", added, cached.attachment, prevResult, signal);
      },
      signal,
    );
  }

  /**
   * Deletes what is stored of the network and not valid any more, then lets the plugins collect. It goes on after failures.
   * @param valid the network's attachments that shall stay.
   * @throws CniErrors with every failure.
   */
  async gc(
    list: NetworkConfigList,
    valid: readonly AttachmentRef[],
    signal?: AbortSignal,
  ): Promise<readonly Invocation[]> {
    valid.forEach(checkRef);
    if (list.disableGC) return [];
    return this.#store.withGcLock(() => this.#collectGarbage(list, valid, signal), signal);
  }

  /** Whether ADD would be served; below version 1.1.0 the answer is yes, unasked. @throws CniError of the first plugin that is not ready. */
  async status(list: NetworkConfigList, signal?: AbortSignal): Promise<readonly Invocation[]> {
    return atLeast(list.cniVersion, "1.1.0") ? this.#runList("STATUS", list, null, null, signal) : [];
  }

  /** Which versions the plugin says it speaks. @throws CniError, EnvironmentError */
  async version(pluginType: string, signal?: AbortSignal): Promise<VersionOutput> {
    const call = {
      command: "VERSION",
      env: versionEnvironment(),
      request: `{"cniVersion":"${LATEST_VERSION}"}`,
      signal,
    };
    return parseVersionOutput(await execute(this.#host, pluginType, call));
  }

  /** The list in the highest of its versions that all of its plugins speak. @throws UsageError when there is none. */
  async negotiate(list: NetworkConfigList, signal?: AbortSignal): Promise<NetworkConfigList> {
    const supported: (readonly string[])[] = [];
    for (const { type } of list.plugins) supported.push((await this.version(type, signal)).supportedVersions);
    const version = highestCommon(list.cniVersions, ...supported);
    if (version !== null) return withVersion(list, version);
    const plugins = list.plugins.map(({ type }, i) => `${type}: ${supported[i]?.join(" ")}`).join("; ");
    throw new UsageError(
      `network "${list.name}" offers ${list.cniVersions.join(" ")}, which its plugins do not share (${plugins}); add a version to "cniVersions"`,
    );
  }

  /** One execution exactly as given, on top of an environment without CNI variables; whatever it answers is returned. */
  async invoke(pluginType: string, env: CniEnv, request: string, signal?: AbortSignal): Promise<Invocation> {
    return execute(this.#host, pluginType, {
      command: env.CNI_COMMAND ?? "",
      env: { ...withoutCniVariables(), ...env },
      request,
      signal,
    });
  }

  async #addAll(list: NetworkConfigList, attachment: Attachment, signal: AbortSignal | undefined): Promise<AddOutcome> {
    const invocations: Invocation[] = [];
    const unversioned: string[] = [];
    let answer: AddOutput | null = null;
    for (const plugin of list.plugins) {
      const last = invocations.at(-1);
      const prevResult = answer && last ? toPrevResult(last, answer.raw, list.cniVersion) : null;
      const invocation = await runPlugin(
        this.#host,
        listOperation("ADD", list, attachment, prevResult, signal),
        plugin,
      );
      invocations.push(invocation);
      answer = parseAddOutput(invocation);
      if (answer.versionMissing) unversioned.push(plugin.type);
    }
    if (answer === null) throw new UsageError(`network "${list.name}" has no plugins; add one to "plugins"`);
    this.#store.save({ network: list.name, config: list.text, attachment, result: answer.raw });
    const warnings = unversioned.map((type) => ({
      code: "result-version",
      message: `the result of plugin ${type} names no cniVersion; ${list.cniVersion} is assumed`,
    }));
    return { result: answer.result, raw: answer.raw, invocations, warnings };
  }

  /** Every ADD gets a DEL, also where a plugin says it is not needed (code 3): DEL does no harm, a leak does. */
  async #undoAdd(first: Error, list: NetworkConfigList, attachment: Attachment): Promise<Error> {
    try {
      // The caller's signal may be what ended the ADD, so it does not end this.
      await this.#runList("DEL", list, attachment, null, undefined);
      return first;
    } catch (error) {
      return withCleanup(first, asError(error));
    }
  }

  async #delete(
    list: NetworkConfigList,
    target: DelTarget,
    { signal, goOn = false }: DelOptions,
  ): Promise<readonly Invocation[]> {
    const restored = restoreForDel(this.#store, list, target);
    const operation = listOperation("DEL", restored.list, restored.attachment, restored.prevResult, signal);
    const { invocations, failures } = await runList(this.#host, operation, goOn);
    if (failures.length > 0) throw new CniErrors(failures);
    this.#store.remove(list.name, target);
    return invocations;
  }

  async #collectGarbage(
    list: NetworkConfigList,
    valid: readonly AttachmentRef[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Invocation[]> {
    const known = this.#store.list();
    const validKeys = new Set(valid.map(keyOf));
    const invocations: Invocation[] = [];
    const failures: Error[] = [];
    for (const { attachment } of known.filter(
      ({ network, attachment }) => network === list.name && !validKeys.has(keyOf(attachment)),
    )) {
      try {
        invocations.push(...(await this.#delete(list, attachment, signal ? { signal } : {})));
      } catch (error) {
        failures.push(asError(error));
      }
    }
    if (atLeast(list.cniVersion, "1.1.0")) {
      const otherNetworks = new Set(
        known.filter(({ network }) => network !== list.name).map(({ attachment }) => keyOf(attachment)),
      );
      const parts = { validAttachments: valid.filter((ref) => !otherNetworks.has(keyOf(ref))) };
      const outcome = await runList(this.#host, { command: "GC", list, attachment: null, parts, signal }, true);
      invocations.push(...outcome.invocations);
      failures.push(...outcome.failures);
    }
    if (failures.length > 0) throw new CniErrors(failures);
    return invocations;
  }

  async #runList(
    command: "DEL" | "CHECK" | "STATUS",
    list: NetworkConfigList,
    attachment: Attachment | null,
    prevResult: JsonObject | null,
    signal: AbortSignal | undefined,
  ): Promise<readonly Invocation[]> {
    return (await runList(this.#host, listOperation(command, list, attachment, prevResult, signal))).invocations;
  }
}

function listOperation(
  command: ListOperation["command"],
  list: NetworkConfigList,
  attachment: Attachment | null,
  prevResult: JsonObject | null,
  signal: AbortSignal | undefined,
): ListOperation {
  return { command, list, attachment, signal, parts: { prevResult, capabilityArgs: attachment?.capabilityArgs ?? {} } };
}

/** A container may have the interface in one network only, so these two identify an attachment. */
function keyOf({ containerID, ifName }: AttachmentRef): string {
  return `${containerID}/${ifName}`;
}
