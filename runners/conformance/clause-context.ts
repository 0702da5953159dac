/**
 * One test of one clause: fresh surroundings, and plain executions of the plugins of a network. Every execution is a
 * process of its own with an environment and an input that the test can make wrong.
 */
import { cniEnvironment, withoutCniVariables, type CniEnv } from "../../cni/environment.ts";
import { convertResult } from "../../cni/convert.ts";
import { invokePlugin } from "../../cni/invoke.ts";
import { stringifyJson, type JsonObject } from "../../cni/json.ts";
import { deriveRequest } from "../../cni/request.ts";
import { readResult } from "../../cni/result.ts";
import type {
  AttachmentRef,
  CniResult,
  Invocation,
  NetworkConfigList,
  Operation,
  PluginConfig,
} from "../../cni/types.ts";
import { atLeast, type SpecVersion } from "../../cni/version.ts";
import { messageOf } from "../../core/errors.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import { parseObject, describeCall } from "./plugin-output.ts";
import { Skip } from "./clause.ts";
import { capabilityArgsFor } from "./capability-args.ts";
import type { PluginUnderTest } from "./plugin-under-test.ts";
import { createTestNode, type TestContainer, type TestNode } from "./test-node.ts";

/** One interface of one container. */
export interface Attachment {
  readonly container: TestContainer;
  readonly ifName: string;
  /** What the plugins before the one under test made of it; null: there are none. */
  readonly incoming: JsonObject | null;
  /** The final result of its ADD as printed; null before. */
  readonly raw: JsonObject | null;
}

export interface AddedAttachment extends Attachment {
  readonly raw: JsonObject;
  readonly result: CniResult;
}

/** What a test may make different from a correct execution. */
export interface Overrides {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly request?: (request: JsonObject) => JsonObject;
  /** Replaces the whole input. */
  readonly stdin?: string;
  /** Replaces the prevResult of the request; null omits it. */
  readonly prevResult?: JsonObject | null;
  /** Instead of what the subject is offered; plugins get of it what they claim. */
  readonly capabilityArgs?: JsonObject;
  /** For GC: the attachments that are still there. */
  readonly valid?: readonly AttachmentRef[];
}

/** How an operation on the whole list went; it stops at the first plugin that fails. */
export interface Outcome {
  readonly ok: boolean;
  /** The execution that decided: the failed one, else the last. */
  readonly last: Invocation;
  readonly calls: readonly Invocation[];
}

export interface AddOutcome extends Outcome {
  /** What the last plugin printed, when all succeeded and it is an object. */
  readonly raw: JsonObject | null;
}

export interface ContextOptions {
  readonly node: Shell;
  readonly underTest: PluginUnderTest;
  readonly signal: AbortSignal;
}

export class ClauseContext {
  readonly underTest: PluginUnderTest;
  readonly testNode: TestNode;
  /** Everything that was executed, in order: evidence, and how to reproduce. */
  readonly calls: Invocation[];
  readonly #signal: AbortSignal;

  private constructor(subject: PluginUnderTest, surroundings: TestNode, calls: Invocation[], signal: AbortSignal) {
    this.underTest = subject;
    this.testNode = surroundings;
    this.calls = calls;
    this.#signal = signal;
  }

  static async open({ node, underTest: subject, signal }: ContextOptions): Promise<ClauseContext> {
    return new ClauseContext(subject, await createTestNode(node, subject.prepare), [], signal);
  }

  /** The same test with another network, such as another version of it. */
  withNetwork(list: NetworkConfigList, pluginPath: readonly string[] = this.underTest.pluginPath): ClauseContext {
    return this.withChanges({ list, pluginPath });
  }

  /** The same test with something else about what is under test. */
  withChanges(changes: Partial<PluginUnderTest>): ClauseContext {
    return new ClauseContext({ ...this.underTest, ...changes }, this.testNode, this.calls, this.#signal);
  }

  get version(): SpecVersion {
    return this.underTest.list.cniVersion;
  }

  atLeast(version: SpecVersion): boolean {
    return atLeast(this.version, version);
  }

  async close(): Promise<void> {
    await this.testNode.remove();
  }

  /** A container that is ready for the plugin under test: those before it have run. Of an exclusive plugin all others end. */
  async createContainer(ifName = this.underTest.ifName): Promise<Attachment> {
    if (this.underTest.exclusive && this.testNode.containers().length > 0) await this.testNode.reset();
    return this.attach(await this.testNode.createContainer(this.underTest.ifName === "lo" ? "down" : "up"), ifName);
  }

  /** Another interface of a container. */
  async attach(container: TestContainer, ifName: string): Promise<Attachment> {
    const bare: Attachment = { container, ifName, incoming: null, raw: null };
    if (this.underTest.target === 0) return bare;
    const { ok, raw, last } = await this.#addRange(bare, 0, this.underTest.target, {});
    if (!ok || raw === null) throw new Skip(`the plugin before it fails: ${describeCall(last)}`);
    return { ...bare, incoming: raw };
  }

  /** One execution of one plugin of the list. */
  async invoke(
    command: Operation,
    index: number,
    attachment: Attachment | null,
    changes: Overrides = {},
  ): Promise<Invocation> {
    const { list, pluginPath } = this.underTest;
    const capabilityArgs = changes.capabilityArgs ?? capabilityArgsFor(this.underTest.offeredCapabilities, attachment);
    const parts = {
      prevResult: changes.prevResult ?? null,
      capabilityArgs,
      ...(changes.valid && { validAttachments: changes.valid }),
    };
    const request = deriveRequest(list, list.plugins[index] as PluginConfig, parts);
    const env: CniEnv = {
      ...cniEnvironment(command, pluginPath, attachment && cniAttachment(attachment), "empty"),
      ...changes.env,
    };
    return this.execute(index, env, changes.stdin ?? stringifyJson(changes.request?.(request) ?? request));
  }

  /** One execution with exactly this environment and input. */
  async execute(index: number, env: CniEnv, request: string): Promise<Invocation> {
    const { list, executables, operationLimit } = this.underTest;
    const call = {
      plugin: list.plugins[index]?.type ?? "",
      path: executables[index] ?? "",
      command: env.CNI_COMMAND ?? "",
      request,
      env: { ...withoutCniVariables(), ...env },
    };
    const invocation = await invokePlugin(this.testNode.pluginShell, {
      ...call,
      timeout: operationLimit,
      signal: this.#signal,
    });
    this.#signal.throwIfAborted();
    this.calls.push(invocation);
    return invocation;
  }

  /** One execution of the plugin under test alone: for input that is wrong. */
  async invokeTarget(command: Operation, of: Attachment | null, changes: Overrides = {}): Promise<Invocation> {
    const prevResult = command === "ADD" ? of?.incoming && this.#toPrevResult(of.incoming) : of?.raw;
    return this.invoke(command, this.underTest.target, of, { prevResult: prevResult ?? null, ...changes });
  }

  /** ADD of the plugin under test and those after it. */
  async tryAdd(to: Attachment, changes: Overrides = {}): Promise<AddOutcome> {
    return this.#addRange(to, this.underTest.target, this.underTest.list.plugins.length, changes);
  }

  /** ADD as the beginning of a test of something else. @throws Skip when it fails: other clauses judge that. */
  async add(to?: Attachment, changes: Overrides = {}): Promise<AddedAttachment> {
    const target = to ?? (await this.createContainer());
    const { ok, raw, last } = await this.tryAdd(target, changes);
    if (!ok || raw === null) throw new Skip(`ADD does not work here: ${describeCall(last)}`);
    try {
      return { ...target, raw, result: readResult(raw) };
    } catch (error) {
      throw new Skip(`the result of ADD cannot be read: ${messageOf(error)}`);
    }
  }

  /** CHECK of the plugin under test and those after it: what one before it says is no matter of this one. */
  async check(of: Attachment, changes: Overrides = {}): Promise<Outcome> {
    return this.#runInOrder(this.#indices().slice(this.underTest.target), (index) =>
      this.invoke("CHECK", index, of, { prevResult: of.raw, ...changes }),
    );
  }

  /** DEL of the whole list, in reverse. Before 0.4.0 a runtime hands no result on. */
  async del(of: Attachment, changes: Overrides = {}): Promise<Outcome> {
    const prevResult = this.atLeast("0.4.0") ? of.raw : null;
    return this.#runInOrder(this.#indices().reverse(), (index) =>
      this.invoke("DEL", index, of, { prevResult, ...changes }),
    );
  }

  async gc(valid: readonly Attachment[], changes: Overrides = {}): Promise<Outcome> {
    const refs = valid.map(({ container, ifName }) => ({ containerID: container.id, ifName }));
    return this.#runInOrder(this.#indices(), (index) => this.invoke("GC", index, null, { valid: refs, ...changes }));
  }

  async status(changes: Overrides = {}): Promise<Outcome> {
    return this.#runInOrder(this.#indices(), (index) => this.invoke("STATUS", index, null, changes));
  }

  async #addRange(to: Attachment, from: number, end: number, changes: Overrides): Promise<AddOutcome> {
    let raw = to.incoming;
    const outcome = await this.#runInOrder(this.#indices().slice(from, end), async (index) => {
      const call = await this.invoke("ADD", index, to, { prevResult: raw && this.#toPrevResult(raw), ...changes });
      raw = succeeded(call.output) ? parseObject(call.output.stdout) : null;
      return call;
    });
    return { ...outcome, raw: outcome.ok ? raw : null };
  }

  #toPrevResult(raw: JsonObject): JsonObject {
    try {
      return convertResult(raw, this.version);
    } catch (error) {
      throw new Skip(`the result of ADD cannot be handed on: ${messageOf(error)}`);
    }
  }

  async #runInOrder(indices: readonly number[], step: (index: number) => Promise<Invocation>): Promise<Outcome> {
    const calls: Invocation[] = [];
    for (const index of indices) {
      const call = await step(index);
      calls.push(call);
      if (!succeeded(call.output)) return { ok: false, last: call, calls };
    }
    return { ok: true, last: calls.at(-1) as Invocation, calls };
  }

  #indices(): number[] {
    return [...this.underTest.list.plugins.keys()];
  }
}

function cniAttachment({ container, ifName }: Attachment): { containerID: string; netns: string; ifName: string } {
  return { containerID: container.id, netns: container.netns, ifName };
}
