/** A run on clusters that do not exist, with a runner that measures nothing: it has only the baseline. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { BareCluster, BareKind, ClusterKind } from "../../clusters/index.ts";
import type { BareNode } from "../../core/model.ts";
import type { RunChoices } from "../../engine/plan/definition.ts";
import type { Task } from "../../engine/plan/make-plan.ts";
import type { RunInput } from "../../engine/run/run-deployments.ts";
import { prepare } from "../../engine/session.ts";
import type { ResultRecord, RunFile } from "../../results/record.ts";
import { RunStore } from "../../results/store.ts";
import type { PairRunner } from "../../runners/runner.ts";
import type { Suite } from "../../suites/suite.ts";
import { temporaryDir } from "../helpers/cnibench.ts";
import { fakeHost, fakeShell, type FakeHost, type Reply } from "../helpers/fake-host.ts";

/** Returns a runner that returns these values, or does something else. */
export function fakeRunner(
  run: PairRunner["run"] = async () => ({ values: { throughput: 1e9 }, warnings: [] }),
): PairRunner {
  return {
    name: "fake",
    summary: "returns constants",
    scope: "pair",
    params: {},
    tools: [],
    paths: ["host", "same-node"],
    metrics: ["throughput"],
    estimate: (duration) => duration,
    run,
    recompute: () => ({ values: {} }),
  };
}

/** A cluster kind that logs what happens to its clusters. */
export interface FakeKind {
  readonly kind: BareKind;
  /** `create`, `dispose`, in order. */
  readonly log: string[];
}

/** @param create fails or changes the creation of a cluster; its argument counts from 1 */
export function fakeKind(options: Partial<BareKind> = {}, create: (count: number) => void = () => undefined): FakeKind {
  const log: string[] = [];
  let count = 0;
  const kind: BareKind = {
    name: "fake",
    summary: "clusters that do not exist",
    api: "bare",
    maxNodes: 2,
    tools: [],
    deploySeconds: 1,
    inspection: "first-deployment",
    check: async () => [],
    create: async (_, { nodes }) => {
      create(++count);
      log.push("create");
      return fakeCluster(nodes, () => log.push("dispose"));
    },
    ...options,
  };
  return { kind, log };
}

/** Returns a cluster without any process. @param onDispose called once */
export function fakeCluster(nodes: number, onDispose: () => void = () => undefined): BareCluster {
  let disposed = false;
  return {
    kind: "fake",
    api: "bare",
    facts: {
      isolation: "none",
      underlayMtu: 1500,
      underlayRate: null,
      underlayDelay: null,
      underlayLoss: null,
      sameHost: true,
      emulated: false,
      cpuAccounting: "machine",
    },
    nodes: Array.from({ length: nodes }, (_, i) => fakeNode(i + 1)),
    cpus: { leaveIdle: "they are fake" },
    podCidr: "10.244.0.0/16",
    podCidr6: "fd00:10:244::/48",
    putFiles: () => Promise.resolve(),
    enterCommand: ({ name }) => ["enter", name],
    createSandbox: () => Promise.reject(new Error("a fake cluster has no sandboxes")),
    [Symbol.asyncDispose]: async () => {
      if (!disposed) onDispose();
      disposed = true;
    },
  };
}

/** The answers that ping prints. */
const ECHOES = Array.from({ length: 200 }, (_, i) => `64 bytes from 10.1.0.2: icmp_seq=${i + 1} ttl=64 time=0.05 ms`);

/**
 * Returns a node that answers pings and has the usual interface.
 * @param more further replies of its shell
 */
export function fakeNode(index: number, more: Readonly<Record<string, Reply>> = {}): BareNode {
  const replies = {
    "ip -j link show eth0": { stdout: JSON.stringify([{ mtu: 1500, qdisc: "noqueue" }]) },
    ping: { stdout: `${ECHOES.join("\n")}\n\n${ECHOES.length} packets transmitted, ${ECHOES.length} received\n` },
    cat: { stdout: "6.1.0\n" },
    perl: {},
    ...more,
  };
  return {
    name: `node${index}`,
    index,
    ip: `10.1.0.${index}`,
    ip6: null,
    podCidr: `10.244.${index}.0/24`,
    podCidr6: `fd00:10:244:${index}::/64`,
    shell: fakeShell(replies, `node${index}`),
  };
}

export function fakeSuite(blocks: number, scenario: Partial<Suite["scenarios"][number]> = {}): Suite {
  const defaults = { name: "tcp", runner: "fake", paths: ["same-node"], family: "ipv4", podRange: 24 } as const;
  return {
    name: "small",
    description: "a small suite",
    blocks,
    duration: 1,
    headlines: [],
    equivalence: {},
    scenarios: [{ ...defaults, repetitions: 1, params: {}, ...scenario }],
  };
}

/** Returns the choice to measure the baseline in two blocks. */
export function fakeChoices(kind: ClusterKind, changes: Partial<RunChoices> = {}): RunChoices {
  return {
    suites: [fakeSuite(2)],
    runners: { fake: fakeRunner() },
    plugins: [],
    pluginSpecs: [],
    conf: [],
    binDirs: [],
    cniArgs: [],
    temporaryInstall: null,
    cluster: kind.name,
    kind,
    clusterReason: "requested",
    spec: { nodes: 2, underlayMtu: 1500 },
    seed: 1,
    only: [],
    exploratory: false,
    keepAwake: true,
    redact: false,
    ...changes,
  };
}

/** Plans the baseline in two blocks, with results in a new directory. */
export async function fakeRunInput(
  host: FakeHost,
  { kind }: Pick<FakeKind, "kind">,
  runner = fakeRunner(),
): Promise<RunInput> {
  const choices = fakeChoices(kind, { runners: { fake: runner } });
  const { plan, slots } = await prepare(host, choices);
  const store = new RunStore(temporaryDir(), 1, null);
  return { plan, slots, kind, spec: choices.spec, assets: [], store, onEvent: () => undefined, keepAwake: true };
}

/** Returns the stored run.json. */
export function storedRun(dir: string): RunFile {
  return JSON.parse(readFileSync(join(dir, "run.json"), "utf8")) as RunFile;
}

/** Returns the stored results. */
export function storedRecords(dir: string): ResultRecord[] {
  const lines = readFileSync(join(dir, "results.jsonl"), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as ResultRecord);
}

/** Plans the scenario of the fake suite with this runner, for the baseline. */
export async function planTask(runner: PairRunner): Promise<Task> {
  const { plan } = await prepare(fakeHost(), fakeChoices(fakeKind().kind, { runners: { fake: runner } }));
  const [task] = plan.tasks;
  if (task === undefined) throw new Error("the plan has no tasks");
  return task;
}
