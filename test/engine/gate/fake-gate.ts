/** Runs of the plugin `mine` on clusters that do not exist, with scripted throughputs, to compare and to confirm. */
import { setMaxListeners } from "node:events";
import { chmodSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { FAMILIES } from "../../../core/model.ts";
import { checkGate, type Gate, type GateOptions } from "../../../engine/gate/check-gate.ts";
import type { RunChoices } from "../../../engine/plan/definition.ts";
import { check, execute, open, prepare, type Session } from "../../../engine/session.ts";
import type { BasePlugin } from "../../../engine/gate/plan-confirmation.ts";
import type { Plugin } from "../../../plugins/index.ts";
import type { ClauseResult } from "../../../results/index.ts";
import type { NodeCheckRunner } from "../../../runners/runner.ts";
import type { Suite } from "../../../suites/suite.ts";
import { temporaryDir } from "../../helpers/cnibench.ts";
import { fakeHost, fakeShell, type FakeHost, type FakeHostOptions, type Reply } from "../../helpers/fake-host.ts";
import { fakeChoices, fakeCluster, fakeKind, fakeNode, fakeRunner, fakeSuite } from "../fake-run.ts";

const BLOCKS = 3;

/** Replies of this machine, which reads the version of the plugin. */
const HOST_REPLIES: Readonly<Record<string, Reply>> = { mine: { exitCode: 1 } };

/** Bit/s of a plugin, by its name and the number of the measurement. */
export type Throughput = (plugin: string, count: number) => number | Promise<number>;

/** What the tests of a gate change in a bench. */
export interface BenchOptions extends Pick<FakeHostOptions, "signal" | "env"> {
  /** Plugins that are measured in addition to `mine`. */
  readonly others?: readonly string[];
  /** Whether the throughput has a baseline. Default: true. */
  readonly hasBaseline?: boolean;
  /** Status of the only clause, of a plugin by its name. Default: no conformance check. */
  readonly clauseStatus?: (plugin: string) => ClauseResult["status"];
  readonly redact?: boolean;
}

/** A machine on which plugins have these throughputs; that of the baseline is `host`. */
export class FakeBench {
  readonly host: FakeHost;
  readonly choices: RunChoices;

  constructor(throughput: Throughput, options: BenchOptions = {}) {
    const {
      signal = new AbortController().signal,
      others = [],
      redact = false,
      hasBaseline = true,
      clauseStatus,
      ...rest
    } = options;
    setMaxListeners(0, signal);
    // A redaction would replace the default name, which is also a value in run.json.
    this.host = { ...fakeHost(HOST_REPLIES, { ...rest, signal }), hostname: "host1" };
    // The runner does not know the plugin, but the cluster knows whose binary it has.
    let binDir = "";
    let count = 0;
    const runner = fakeRunner(async () => ({
      values: { throughput: await throughput(NAMES.get(binDir) ?? "host", count++) },
      warnings: [],
    }));
    const { kind } = fakeKind({
      create: async (_, { nodes }) => {
        binDir = "";
        return clusterWithPods(nodes, (dir) => (binDir = dir));
      },
    });
    this.choices = fakeChoices(kind, {
      suites: [clauseStatus === undefined ? fakeSuite(BLOCKS) : withCheck(fakeSuite(BLOCKS))],
      runners: {
        fake: hasBaseline ? runner : { ...runner, paths: ["same-node"] },
        checks: checkRunner((plugin) => clauseStatus?.(plugin) ?? "skip"),
      },
      plugins: ["mine", ...others].map((name) => pluginIn(name, temporaryDir())),
      redact,
    });
  }

  /** Measures a run. @returns its session, whose directory is locked */
  async measure(choices: RunChoices = this.choices): Promise<Session> {
    const checked = await check(this.host, await prepare(this.host, choices));
    const session = await open(this.host, checked, { out: join(temporaryDir(), "run"), command: ["cnibench", "run"] });
    await execute(this.host, session, { onEvent: () => undefined });
    return session;
  }
}

function withCheck(suite: Suite): Suite {
  const core = { ...(suite.scenarios[0] as Suite["scenarios"][number]), name: "core", runner: "checks" };
  return { ...suite, scenarios: [...suite.scenarios, core] };
}

function checkRunner(statusOf: (plugin: string) => ClauseResult["status"]): NodeCheckRunner {
  const clause = {
    clause: "del.idempotent",
    section: "DEL",
    level: "MUST",
    specVersion: "1.0.0",
    message: "",
  } as const;
  return {
    ...{ name: "checks", summary: "tests one clause", scope: "checks", target: "node", tools: [], params: {} },
    estimate: () => 1,
    run: async ({ deployment }) => [{ ...clause, status: statusOf(deployment.plugin) }],
  };
}

/** Names of plugins by the directory of their binary. */
const NAMES = new Map<string, string>();

/** Returns the partner of `mine` with another binary. */
export function basePlugin(): BasePlugin {
  const dir = temporaryDir();
  return { head: "mine", plugin: pluginIn("mine-in-base", dir), pluginSpec: `mine@${dir}` };
}

function pluginIn(name: string, binDir: string): Plugin {
  NAMES.set(binDir, name);
  writeFileSync(join(binDir, "mine"), "#!/bin/sh\n");
  chmodSync(join(binDir, "mine"), 0o755);
  return {
    ...{ name, summary: "a plugin", encapsulation: "none", binDir },
    bare: {
      ...{ binaries: ["mine"], tools: [], linkTypes: [], families: FAMILIES, specVersion: "1.0.0" },
      config: () => JSON.stringify({ cniVersion: "1.0.0", name: "net", plugins: [{ type: "mine" }] }),
      files: () => [],
    },
  };
}

/** A cluster whose nodes attach pods to a network. @param onBinary called with the directory of an installed binary */
function clusterWithPods(count: number, onBinary: (dir: string) => void): ReturnType<typeof fakeCluster> {
  const cluster = fakeCluster(count);
  const nodes = cluster.nodes.map(({ index }) => {
    let pods = 1;
    const add = (): string =>
      JSON.stringify({ cniVersion: "1.0.0", ips: [{ address: `10.244.${index}.${++pods}/24` }] });
    return fakeNode(index, {
      "ip -batch -": {},
      sh: { stdout: "/opt/cni/bin/mine\n" },
      mine: () => ({ stdout: add() }),
    });
  });
  return {
    ...cluster,
    nodes,
    putFiles: async (_, files) => {
      for (const { source } of files) if ("file" in source) onBinary(dirname(source.file));
    },
    createSandbox: async (node, name) => ({
      ...{ name, node, id: name, netns: `/run/netns/${name}` },
      shell: fakeShell({ "ip -j link show eth0": { stdout: '[{"mtu":1500}]' }, ping: {} }, name),
      remove: async () => undefined,
    }),
  };
}

/** Throughputs of `mine` in the base run, in the head run and in the confirmation, in Gbit/s. */
export interface Phases {
  readonly base: number;
  readonly head: number;
  readonly again: number;
  /** That of `other` in the head run, which is measured only if this is given; `other` has that of `base` otherwise. */
  readonly otherInHead?: number;
  /** Status of the clause in each phase; of the binary of the base in the confirmation. Default: no check. */
  readonly clause?: Readonly<Record<"base" | "head" | "again" | "baseAgain", ClauseResult["status"]>>;
}

/** A gate that is about to be decided. */
export interface OpenGate {
  readonly host: FakeHost;
  readonly gate: Gate;
  /** The measured head. */
  readonly session: Session;
}

/**
 * Measures a base and a head, whose throughputs vary a little, as real ones do.
 * @param options of the gate; by default it has the binary of the base
 */
export async function openGate(
  phases: Phases,
  options: Partial<GateOptions> = {},
  benchOptions: BenchOptions = {},
): Promise<OpenGate> {
  const { otherInHead, clause } = phases;
  const { others = [] } = benchOptions;
  let phase: "base" | "head" | "again" = "base";
  const typical = (plugin: string): number => {
    if (plugin === "other" && phase === "head") return otherInHead ?? phases.base;
    return plugin === "mine" ? phases[phase] : phases.base;
  };
  const bench = new FakeBench(
    (plugin, count) => (plugin === "host" ? 10 : typical(plugin)) * 1e9 * (1 + 0.001 * (count % 5)),
    {
      ...benchOptions,
      others: [...others, ...(otherInHead === undefined ? [] : ["other"])],
      ...(clause && { clauseStatus: (plugin) => clause[plugin === "mine-in-base" ? "baseAgain" : phase] }),
    },
  );
  const { host } = bench;
  const base = await bench.measure();
  base.unlock();
  phase = "head";
  const session = await bench.measure();
  onTestFinished(session.unlock);
  const defaults = { baseDirs: [base.store.dir], threshold: 1.05, known: [], basePlugins: [basePlugin()] };
  const gate = await checkGate(host, { ...defaults, ...options }, session);
  phase = "again";
  return { host, gate, session };
}
