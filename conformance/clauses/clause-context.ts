/**
 * The context of one test of one clause: a new test node, and calls of the plugins of a network. Every call is a
 * separate process, whose environment and input the test can change.
 */
import {
  atLeast,
  type CniArgs,
  type CniEnv,
  cniEnvironment,
  convertResult,
  deriveRequest,
  type Invocation,
  invokePlugin,
  type JsonObject,
  type NetworkConfigList,
  type Operation,
  type PluginConfig,
  type SpecVersion,
  stringifyJson,
  withoutCniVariables,
} from "../../cni/index.ts";
import { messageOf } from "../../core/errors.ts";
import { succeeded, type Shell } from "../../core/shell.ts";
import { type AddCallOutcome, type AddedAttachment, type TestAttachment, cniAttachment } from "./attachment.ts";
import type { CallOutcome, Overrides } from "./attachment.ts";
import { capabilityArgsFor } from "../under-test/capabilities.ts";
import { Skip, skipUnless } from "./demand.ts";
import { describeCall, parseObject } from "./call-output.ts";
import { addedBy, withResult } from "./with-result.ts";
import { ExecutionObserver } from "./execution-observer.ts";
import type { PluginUnderTest } from "../under-test/plugin-under-test.ts";
import { createTestNode, loopbackOf, type TestNode } from "../node/test-node.ts";
import type { ContainerIdentity, TestContainer } from "../node/test-container.ts";
import type { TestNodePool } from "../node/test-node-pool.ts";

export interface ContextOptions {
  readonly node: Shell;
  readonly underTest: PluginUnderTest;
  readonly signal: AbortSignal;
  /** Test nodes that are ready, with the `prepare` script of the plugin. Default: every test creates its node. */
  readonly pool?: TestNodePool;
  /** Judges every execution of the plugin under test. Default: one for the test. */
  readonly observer?: ExecutionObserver;
}

export class ClauseContext {
  readonly underTest: PluginUnderTest;
  readonly testNode: TestNode;
  /** All calls so far, and those of other tests whose results it uses, as evidence and for reproduction. */
  readonly calls: Invocation[];
  readonly observer: ExecutionObserver;
  readonly #options: ContextOptions;

  private constructor(options: ContextOptions, testNode: TestNode, calls: Invocation[]) {
    this.underTest = options.underTest;
    this.testNode = testNode;
    this.calls = calls;
    this.observer = options.observer ?? new ExecutionObserver(options.underTest.operationLimit);
    this.#options = { ...options, observer: this.observer };
  }

  static async open(options: ContextOptions): Promise<ClauseContext> {
    const { node, underTest, pool } = options;
    return new ClauseContext(options, await (pool?.take() ?? createTestNode(node, underTest)), []);
  }

  /** The same test with another network, such as the same network in another version. */
  withNetwork(list: NetworkConfigList, pluginPath: readonly string[] = this.underTest.pluginPath): ClauseContext {
    return this.withChanges({ list, pluginPath });
  }

  /** The same test with changes to CNI_ARGS. */
  withArgs(...args: CniArgs): ClauseContext {
    return this.withChanges({ cniArgs: [...this.underTest.cniArgs, ...args] });
  }

  /** The same test with other facts about the plugin under test. */
  withChanges(changes: Partial<PluginUnderTest>, observer = this.observer): ClauseContext {
    const underTest = { ...this.underTest, ...changes };
    return new ClauseContext({ ...this.#options, underTest, observer }, this.testNode, this.calls);
  }

  get version(): SpecVersion {
    return this.underTest.list.cniVersion;
  }

  atLeast(version: SpecVersion): boolean {
    return atLeast(this.version, version);
  }

  /** Whether a runtime can call CHECK for the attachment: the version has it, and the result is valid. */
  canCheck({ discarded }: TestAttachment): boolean {
    return this.atLeast("0.4.0") && discarded === undefined;
  }

  async close(): Promise<void> {
    const observe = (): Promise<void> => this.observer.observeFiles(this.testNode);
    await (this.#options.pool?.release(this.testNode, observe) ?? observe().finally(() => this.testNode.remove()));
  }

  /**
   * Creates a container and runs ADD of the plugins before the one under test. For an exclusive plugin, deletes all
   * other containers first.
   * @param identity default: an ID and a pod as a container runtime creates them
   */
  async createContainer(ifName = this.underTest.ifName, names?: Partial<ContainerIdentity>): Promise<TestAttachment> {
    if (this.underTest.exclusive && this.testNode.containers().length > 0) await this.testNode.reset();
    return this.attach(await this.testNode.createContainer(loopbackOf(this.underTest), names), ifName);
  }

  /** Prepares another interface of a container. @throws Skip when ADD of an earlier plugin fails */
  async attach(container: TestContainer, ifName: string): Promise<TestAttachment> {
    const bare: TestAttachment = { container, ifName, incoming: null, raw: null };
    if (this.underTest.target === 0) return bare;
    const { ok, raw, last } = await this.#addRange(bare, 0, this.underTest.target, {});
    if (!ok || raw === null) throw new Skip(`ADD of an earlier plugin fails: ${describeCall(last)}`);
    return { ...bare, incoming: raw };
  }

  /** Calls one plugin of the list. */
  async invoke(
    command: Operation,
    index: number,
    attachment: TestAttachment | null,
    overrides: Overrides = {},
  ): Promise<Invocation> {
    const { list, pluginPath, cniArgs } = this.underTest;
    const capabilityArgs =
      overrides.capabilityArgs ?? capabilityArgsFor(this.underTest.offeredCapabilities, attachment);
    const request = deriveRequest(list, list.plugins[index] as PluginConfig, {
      prevResult: overrides.prevResult ?? null,
      capabilityArgs,
      ...(overrides.valid && { validAttachments: overrides.valid }),
    });
    const env: CniEnv = {
      ...cniEnvironment(command, pluginPath, attachment && cniAttachment(attachment, cniArgs), "empty"),
      ...overrides.env,
    };
    return this.execute(index, env, overrides.stdin ?? stringifyJson(overrides.request?.(request) ?? request));
  }

  /** Calls one plugin of the list with exactly this environment and input. */
  async execute(index: number, env: CniEnv, request: string): Promise<Invocation> {
    const { list, executables, operationLimit, target } = this.underTest;
    const { signal } = this.#options;
    const invocation = await invokePlugin(this.testNode.pluginShell, {
      plugin: list.plugins[index]?.type ?? "",
      path: executables[index] ?? "",
      command: env.CNI_COMMAND ?? "",
      request,
      env: { ...withoutCniVariables(), ...env },
      timeout: operationLimit,
      signal,
    });
    signal.throwIfAborted();
    this.calls.push(invocation);
    this.observer.note(invocation, this.testNode.steps);
    if (index === target) this.observer.observe(invocation, this.testNode.steps);
    return invocation;
  }

  /** Calls only the plugin under test, for invalid input. */
  async invokeTarget(command: Operation, of: TestAttachment | null, overrides: Overrides = {}): Promise<Invocation> {
    const prevResult = command === "ADD" ? of?.incoming && this.#toPrevResult(of.incoming) : of && passedResult(of);
    if (command === "CHECK" && of !== null && overrides.prevResult === undefined) skipIfDiscarded(of);
    return this.invoke(command, this.underTest.target, of, { prevResult: prevResult ?? null, ...overrides });
  }

  /** ADD of the plugin under test and the plugins after it. */
  async tryAdd(to: TestAttachment, overrides: Overrides = {}): Promise<AddCallOutcome> {
    return this.#addRange(to, this.underTest.target, this.underTest.list.plugins.length, overrides);
  }

  /** ADD as a prerequisite of a test. @throws Skip when it fails; other clauses judge that */
  async add(to?: TestAttachment, overrides: Overrides = {}): Promise<AddedAttachment> {
    const target = to ?? (await this.createContainer());
    const outcome = await this.tryAdd(target, overrides);
    if (!outcome.ok) throw new Skip(`ADD fails: ${describeCall(outcome.last)}`);
    return addedBy(outcome);
  }

  /** CHECK of the plugin under test and the plugins after it; failures of earlier plugins do not matter here. */
  async check(of: TestAttachment, overrides: Overrides = {}): Promise<CallOutcome> {
    if (overrides.prevResult === undefined) skipIfDiscarded(of);
    return this.#runInOrder(this.#indices().slice(this.underTest.target), (index) =>
      this.invoke("CHECK", index, of, { prevResult: of.raw, ...overrides }),
    );
  }

  /** DEL of the entire list in reverse order. Before 0.4.0, runtimes pass no prevResult. */
  async del(of: TestAttachment, overrides: Overrides = {}): Promise<CallOutcome> {
    const prevResult = this.atLeast("0.4.0") ? passedResult(of) : null;
    return this.#runInOrder(this.#indices().reverse(), (index) =>
      this.invoke("DEL", index, of, { prevResult, ...overrides }),
    );
  }

  async gc(valid: readonly TestAttachment[], overrides: Overrides = {}): Promise<CallOutcome> {
    const refs = valid.map(({ container, ifName }) => ({ containerID: container.id, ifName }));
    return this.#runInOrder(this.#indices(), (index) => this.invoke("GC", index, null, { valid: refs, ...overrides }));
  }

  async status(overrides: Overrides = {}): Promise<CallOutcome> {
    return this.#runInOrder(this.#indices(), (index) => this.invoke("STATUS", index, null, overrides));
  }

  async #addRange(to: TestAttachment, from: number, end: number, overrides: Overrides): Promise<AddCallOutcome> {
    let raw = to.incoming;
    const outcome = await this.#runInOrder(this.#indices().slice(from, end), async (index) => {
      const call = await this.invoke("ADD", index, to, { prevResult: raw && this.#toPrevResult(raw), ...overrides });
      raw = succeeded(call.output) ? parseObject(call.output.stdout) : null;
      return call;
    });
    if (!outcome.ok) return { ...outcome, raw: null, attached: { ...to, raw: null } };
    return { ...outcome, raw, attached: withResult(to, outcome.last) };
  }

  #toPrevResult(raw: JsonObject): JsonObject {
    try {
      return convertResult(raw, this.version);
    } catch (error) {
      throw new Skip(`the result of ADD cannot be passed on: ${messageOf(error)}`);
    }
  }

  async #runInOrder(indices: readonly number[], step: (index: number) => Promise<Invocation>): Promise<CallOutcome> {
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

/** The prevResult that a runtime passes to operations after ADD. */
function passedResult({ raw, discarded }: TestAttachment): JsonObject | null {
  return discarded === undefined ? raw : null;
}

/** CHECK always has a prevResult. @throws Skip when the runtime has none */
function skipIfDiscarded({ discarded }: TestAttachment): void {
  skipUnless(discarded === undefined, `a runtime has no prevResult for CHECK, because ${discarded ?? ""}`);
}
