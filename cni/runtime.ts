/**
 * The CNI runtime: executes network configurations for containers (specification 1.1, section 3).
 *
 * The caller has two duties: the network namespace of a container exists from before the first ADD until after the last
 * DEL, and several networks of a container are added in sequence and deleted in reverse order.
 */
import { UsageError } from "../core/errors.ts";
import { DEFAULT_TIMEOUT_S, type Shell } from "../core/shell.ts";
import { runAdd } from "./add.ts";
import { executeRequest, listOperation, runList, type PluginHost } from "./chain.ts";
import { withVersion } from "./conf.ts";
import { withoutCniVariables, versionEnvironment, type CniEnv, type UnusedStyle } from "./environment.ts";
import { CniErrors, asError, withCleanup } from "./plugin-errors.ts";
import { PluginFinder } from "./plugin-finder.ts";
import { parseVersionOutput, type VersionOutput } from "./plugin-output.ts";
import { configOfAdd, resultOfAdd, restoreForDel } from "./restore.ts";
import { attachmentKey, type RuntimeStore } from "./runtime-store.ts";
import type { AddOutcome, Attachment, AttachmentRef, Invocation, NetworkConfigList } from "./types.ts";
import { checkAttachment, checkRef } from "./validate.ts";
import { LATEST_VERSION, atLeast, highestCommon } from "./spec-versions.ts";

/** Options of a runtime. */
export interface RuntimeOptions {
  /** Shell that runs the plugins, in the networking domain of the node. */
  readonly shell: Shell;
  /** Plugin directories on the node; the first match wins. */
  readonly pluginPath: readonly string[];
  readonly store: RuntimeStore;
  /** Timeout of one plugin in seconds. Default 60. */
  readonly timeout?: number;
  /** Default `empty`. */
  readonly unusedEnv?: UnusedStyle;
  /** Called after every plugin execution, including those of failed operations. */
  readonly onInvoke?: (invocation: Invocation) => void;
}

/** An attachment to delete. Omitted values are those of its ADD. */
export type DelTarget = AttachmentRef & Partial<Attachment>;

/** Options of DEL. */
export interface DelOptions {
  readonly signal?: AbortSignal;
  /** Runs the remaining plugins after a failure. The specification stops at the first one and skips their cleanup. */
  readonly goOn?: boolean;
}

/** Performs the operations of the specification on network configurations. */
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
   * Connects the container to the network. After a failure, runs DEL and throws the first error; if that DEL fails too,
   * the error has the failure as `cleanup`.
   * @throws UsageError for invalid input; CniError of a plugin; EnvironmentError
   */
  async add(list: NetworkConfigList, attachment: Attachment, signal?: AbortSignal): Promise<AddOutcome> {
    checkAttachment(attachment);
    return this.#store.withLock(
      attachment.containerID,
      async () => {
        if (this.#store.has(attachment)) {
          throw new UsageError(
            `container ${attachment.containerID} already has ${attachment.ifName}; run DEL before another ADD`,
          );
        }
        // Find all plugins first: do not start a list that cannot be completed.
        await this.#host.finder.find(list.plugins.map(({ type }) => type));
        try {
          const outcome = await runAdd(this.#host, list, attachment, signal);
          this.#store.save({ network: list.name, config: list.text, attachment, result: outcome.raw });
          return outcome;
        } catch (error) {
          throw await this.#undoAdd(asError(error), list, attachment);
        }
      },
      signal,
    );
  }

  /**
   * Undoes ADD with its stored configuration and arguments, if available. Can be repeated.
   * @throws CniError of the first failing plugin (CniErrors with `goOn`); the stored attachment is kept then
   */
  async del(list: NetworkConfigList, target: DelTarget, options: DelOptions = {}): Promise<readonly Invocation[]> {
    checkAttachment({ netns: "", ...target });
    return this.#store.withLock(target.containerID, () => this.#delete(list, target, options), options.signal);
  }

  /**
   * Lets the plugins check that the attachment is unchanged since ADD. Runs nothing if the configuration disables it.
   * @throws UsageError before ADD, after DEL, and below version 0.4.0; CniError of the first failing plugin
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
        const operation = listOperation("CHECK", added, { attachment: cached.attachment, prevResult, signal });
        return (await runList(this.#host, operation)).invocations;
      },
      signal,
    );
  }

  /**
   * Deletes stored attachments of the network that are no longer valid, then runs GC of the plugins. Continues after
   * failures.
   * @param valid the attachments of the network to keep
   * @throws CniErrors with all failures
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

  /**
   * Checks that the plugins are ready for ADD. Runs nothing below version 1.1.0.
   * @throws CniError of the first plugin that is not ready
   */
  async status(list: NetworkConfigList, signal?: AbortSignal): Promise<readonly Invocation[]> {
    if (!atLeast(list.cniVersion, "1.1.0")) return [];
    return (await runList(this.#host, listOperation("STATUS", list, { signal }))).invocations;
  }

  /** Returns the versions that the plugin supports. @throws CniError, EnvironmentError */
  async version(pluginType: string, signal?: AbortSignal): Promise<VersionOutput> {
    const request = `{"cniVersion":"${LATEST_VERSION}"}`;
    const call = { command: "VERSION", env: versionEnvironment(), request, signal };
    return parseVersionOutput(await executeRequest(this.#host, pluginType, call));
  }

  /** Returns the list in the highest version supported by it and its plugins. @throws UsageError if there is none */
  async negotiate(list: NetworkConfigList, signal?: AbortSignal): Promise<NetworkConfigList> {
    const supported: (readonly string[])[] = [];
    for (const { type } of list.plugins) supported.push((await this.version(type, signal)).supportedVersions);
    const version = highestCommon(list.cniVersions, ...supported);
    if (version !== null) return withVersion(list, version);
    const plugins = list.plugins.map(({ type }, i) => `${type}: ${supported[i]?.join(" ")}`).join("; ");
    throw new UsageError(
      `network "${list.name}" (${list.cniVersions.join(" ")}) and its plugins (${plugins}) have no common version; ` +
        'add a version to "cniVersions"',
    );
  }

  /** Performs one execution as given, in an environment without other CNI variables, and returns any outcome. */
  async invoke(pluginType: string, env: CniEnv, request: string, signal?: AbortSignal): Promise<Invocation> {
    return executeRequest(this.#host, pluginType, {
      command: env.CNI_COMMAND ?? "",
      env: { ...withoutCniVariables(), ...env },
      request,
      signal,
    });
  }

  /** Runs DEL after a failed ADD, even if a plugin reports that none is needed (code 3): a leak would be worse. */
  async #undoAdd(first: Error, list: NetworkConfigList, attachment: Attachment): Promise<Error> {
    try {
      // Ignores the signal of the caller, which may have interrupted the ADD.
      await runList(this.#host, listOperation("DEL", list, { attachment, signal: undefined }));
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
    const { list: added, attachment, prevResult } = restoreForDel(this.#store, list, target);
    const operation = listOperation("DEL", added, { attachment, prevResult, signal });
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
    const stored = this.#store.list();
    const own = stored.filter(({ network }) => network === list.name).map(({ attachment }) => attachment);
    const validKeys = new Set(valid.map(attachmentKey));
    const invocations: Invocation[] = [];
    const failures: Error[] = [];
    for (const attachment of own.filter((candidate) => !validKeys.has(attachmentKey(candidate)))) {
      try {
        invocations.push(...(await this.#delete(list, attachment, signal ? { signal } : {})));
      } catch (error) {
        failures.push(asError(error));
      }
    }
    if (atLeast(list.cniVersion, "1.1.0")) {
      const otherNetworks = stored.filter(({ network }) => network !== list.name);
      const otherKeys = new Set(otherNetworks.map(({ attachment }) => attachmentKey(attachment)));
      const parts = { validAttachments: valid.filter((ref) => !otherKeys.has(attachmentKey(ref))) };
      const outcome = await runList(this.#host, { command: "GC", list, attachment: null, parts, signal }, true);
      invocations.push(...outcome.invocations);
      failures.push(...outcome.failures);
    }
    if (failures.length > 0) throw new CniErrors(failures);
    return invocations;
  }
}
