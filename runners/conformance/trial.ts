/**
 * One test of one clause: fresh surroundings, and plain executions of the plugins of a network. Every execution is a
 * process of its own with an environment and an input that the test can make wrong.
 */
import { cniEnvironment, scrubbed, type CniEnv } from "../../cni/environment.ts";
import { convertResult } from "../../cni/convert.ts";
import { errorObject } from "../../cni/errors.ts";
import { invokePlugin } from "../../cni/invoke.ts";
import { isObject, parseJson, stringifyJson, type JsonObject } from "../../cni/json.ts";
import { deriveRequest } from "../../cni/request.ts";
import { readResult } from "../../cni/result.ts";
import type { CniResult, Invocation, NetworkConfigList, Operation, PluginConfig } from "../../cni/types.ts";
import type { SpecVersion } from "../../cni/version.ts";
import { describeFailure, messageOf } from "../../core/errors.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import { Skip } from "./clause.ts";
import { createSurroundings, type Container, type Surroundings } from "./surroundings.ts";

/** What is under test, in one version of the specification. */
export interface Subject {
  readonly name: string;
  readonly list: NetworkConfigList;
  /** Where the plugins are, on the node. */
  readonly pluginPath: readonly string[];
  /** Paths of the executables, in the order of the list. */
  readonly executables: readonly string[];
}

/** One interface of one container. */
export interface Attachment {
  readonly container: Container;
  readonly ifName: string;
  /** The final result of its ADD as printed; null before. */
  readonly raw: JsonObject | null;
}

export interface Added extends Attachment {
  readonly raw: JsonObject;
  readonly result: CniResult;
}

/** What a test may make different from a correct execution. */
export interface Changes {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly request?: (request: JsonObject) => JsonObject;
  /** Replaces the whole input. */
  readonly stdin?: string;
}

/** How an operation on the whole list went; it stops at the first plugin that fails. */
export interface Outcome {
  readonly ok: boolean;
  /** The execution that decided: the failed one, else the last. */
  readonly last: Invocation;
  readonly calls: readonly Invocation[];
}

export interface TrialOptions {
  readonly node: Shell;
  readonly subject: Subject;
  readonly signal: AbortSignal;
}

/** Seconds for one execution of a plugin. */
export const OPERATION_LIMIT = 30;
export const IF_NAME = "eth0";

export class Trial {
  readonly subject: Subject;
  readonly surroundings: Surroundings;
  /** Everything that was executed, in order: evidence, and how to reproduce. */
  readonly calls: Invocation[];
  readonly #signal: AbortSignal;

  private constructor(subject: Subject, surroundings: Surroundings, calls: Invocation[], signal: AbortSignal) {
    this.subject = subject;
    this.surroundings = surroundings;
    this.calls = calls;
    this.#signal = signal;
  }

  static async open({ node, subject, signal }: TrialOptions): Promise<Trial> {
    return new Trial(subject, await createSurroundings(node), [], signal);
  }

  /** The same test with another configuration, such as another version of it. */
  speaking(list: NetworkConfigList): Trial {
    return new Trial({ ...this.subject, list }, this.surroundings, this.calls, this.#signal);
  }

  get version(): SpecVersion {
    return this.subject.list.cniVersion;
  }

  async close(): Promise<void> {
    await this.surroundings.remove();
  }

  /** A container that is not attached to anything yet. */
  async container(ifName = IF_NAME): Promise<Attachment> {
    return { container: await this.surroundings.createContainer(), ifName, raw: null };
  }

  /** One execution of one plugin of the list. */
  async invoke(command: Operation, index: number, attachment: Attachment | null, prevResult: JsonObject | null, changes: Changes = {}): Promise<Invocation> {
    const { list, pluginPath } = this.subject;
    const plugin = list.plugins[index] as PluginConfig;
    const request = deriveRequest(list, plugin, { prevResult });
    const env: CniEnv = { ...cniEnvironment(command, pluginPath, attachment && cniAttachment(attachment), "empty"), ...changes.env };
    return this.execute(index, env, changes.stdin ?? stringifyJson(changes.request?.(request) ?? request));
  }

  /** One execution with exactly this environment and input. */
  async execute(index: number, env: CniEnv, request: string): Promise<Invocation> {
    const { list, executables } = this.subject;
    const call = { plugin: list.plugins[index]?.type ?? "", path: executables[index] ?? "", command: env.CNI_COMMAND ?? "", request, env: { ...scrubbed(), ...env } };
    const invocation = await invokePlugin(this.surroundings.shell, { ...call, timeout: OPERATION_LIMIT, signal: this.#signal });
    this.#signal.throwIfAborted();
    this.calls.push(invocation);
    return invocation;
  }

  /** ADD of the whole list; `result` is what the last plugin printed, when all succeeded and printed an object. */
  async tryAdd(to: Attachment, changes: Changes = {}): Promise<Outcome & { readonly raw: JsonObject | null }> {
    let raw: JsonObject | null = null;
    const outcome = await this.#sequence(this.#indices(), async (index) => {
      const call = await this.invoke("ADD", index, to, raw && this.#handedOn(raw), changes);
      raw = succeeded(call.output) ? objectIn(call.output.stdout) : null;
      return call;
    });
    return { ...outcome, raw: outcome.ok ? raw : null };
  }

  /** ADD as the beginning of a test of something else. @throws Skip when it fails: other clauses judge that. */
  async add(to?: Attachment): Promise<Added> {
    const target = to ?? (await this.container());
    const { ok, raw, last } = await this.tryAdd(target);
    if (!ok || raw === null) throw new Skip(`ADD does not work here: ${saidBy(last)}`);
    try {
      return { ...target, raw, result: readResult(raw) };
    } catch (error) {
      throw new Skip(`the result of ADD cannot be read: ${messageOf(error)}`);
    }
  }

  async check(of: Attachment, changes: Changes = {}): Promise<Outcome> {
    return this.#sequence(this.#indices(), (index) => this.invoke("CHECK", index, of, of.raw, changes));
  }

  /** DEL of the whole list, in reverse. Before 0.4.0 a runtime hands no result on. */
  async del(of: Attachment, changes: Changes = {}): Promise<Outcome> {
    const prevResult = this.version < "0.4.0" ? null : of.raw;
    return this.#sequence(this.#indices().reverse(), (index) => this.invoke("DEL", index, of, prevResult, changes));
  }

  #handedOn(raw: JsonObject): JsonObject {
    try {
      return convertResult(raw, this.version);
    } catch (error) {
      throw new Skip(`the result of ADD cannot be handed on: ${messageOf(error)}`);
    }
  }

  async #sequence(indices: readonly number[], step: (index: number) => Promise<Invocation>): Promise<Outcome> {
    const calls: Invocation[] = [];
    for (const index of indices) {
      const call = await step(index);
      calls.push(call);
      if (!succeeded(call.output)) return { ok: false, last: call, calls };
    }
    return { ok: true, last: calls.at(-1) as Invocation, calls };
  }

  #indices(): number[] {
    return [...this.subject.list.plugins.keys()];
  }
}

/** What a plugin said about its failure, else how it ended: one line. */
export function saidBy({ output, plugin, command }: Invocation): string {
  const error = errorObject(output.stdout);
  const said = error === null ? describeFailure(output) : `code ${error.code ?? "(none)"}: ${error.msg}${error.details && ` (${error.details})`}`;
  return `${plugin} ${command}: ${succeeded(output) ? "exit code 0" : said}`;
}

/** The JSON object that a text is, or null. */
export function objectIn(text: string): JsonObject | null {
  try {
    const value = parseJson(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

function cniAttachment({ container, ifName }: Attachment): { containerID: string; netns: string; ifName: string } {
  return { containerID: container.id, netns: container.netns, ifName };
}
